// What every JavaScript runtime has beyond the language, as far as the engine needs it.
declare class TextEncoder {
  encodeInto(source: string, target: Uint8Array): { read: number; written: number }
}
declare class TextDecoder {
  decode(bytes: Uint8Array): string
}
declare function structuredClone<T>(value: T): T
interface MessagePort {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void
  close(): void
}
declare class MessageChannel {
  readonly port1: MessagePort
  readonly port2: MessagePort
}
declare function setTimeout(task: () => void, ms: number): unknown
declare function clearTimeout(timer: unknown): void
