// What the module keeps for itself at the beginning of the memory, in bytes. Operands come after it.

/** The most bytes of one operand that a kernel takes at a turn: sixteen elements of complex128. */
export const UNIT_BYTES = 256

/** For each of three operands: its one element as often as fits. */
export const SPLATS = [0, 256, 512]
/** For each operand what is left of it when no whole unit is, and the result of that. */
export const TAILS = [768, 1024, 1280]
export const OUT_TAIL = 1536
/** For each operand room for one element that lies elsewhere. */
export const SINGLES = [1792, 1808, 1824]
/** Sixteen bytes that stay 0. */
export const ZERO = 1840
/** What a reduction gives, where it is no number. */
export const RESULT = 1856
/** Room that the checksum module, which works on the same memory, has: 128 bytes. */
export const CHECKSUM = 1920

/** Where reductions work, in areas of so many bytes. */
export const WORK = 4096
export const WORK_BYTES = 32_768
const WORK_AREAS = 5
export const START = WORK + WORK_AREAS * WORK_BYTES
