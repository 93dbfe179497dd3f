// Statements about types, for files that are compiled and never run. What must not compile stands under @ts-expect-error.

/** true where A and B are the same type, `any` and readonly told apart. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** `holds<Same<typeof x, number>>()` */
export function holds<_Statement extends true>(): void {}
