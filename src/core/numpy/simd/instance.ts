// The WebAssembly module at work on a memory of a fixed size.
import { MODULE } from './module.generated.js'

/** What the module exports; addresses and sizes are in bytes. */
export interface SimdExports {
  /**
   * Kernel number `kernel` on `n` elements, 2^shift a unit. An operand that the kernel does not take has size 0; a step of 0
   * repeats its one element.
   */
  run(
    kernel: number,
    n: number,
    shift: number,
    out: number,
    outSize: number,
    a: number,
    aSize: number,
    b: number,
    bSize: number,
    c: number,
    cSize: number,
    aStep: number,
    bStep: number,
    cStep: number,
  ): void
  /** The pairwise sum of `n` numbers. */
  float32(at: number, n: number): number
  float64(at: number, n: number): number
  /** The same of complex numbers, each two; leaves real and imaginary part as float64 at LAYOUT.result. */
  complex64(at: number, n: number): void
  complex128(at: number, n: number): void
  /** Sums of integers and counts of what is not 0, of whole groups of vectors, one or more; left as int64 at LAYOUT.result. */
  /**
   * Makes columns, `step` bytes apart, of rows, `pitch` bytes apart, of elements of 32 or 64 bits; rows and columns are multiples of the
   * elements of a vector, one or more.
   */
  columns_32(from: number, pitch: number, rows: number, columns: number, to: number, step: number): void
  columns_64(from: number, pitch: number, rows: number, columns: number, to: number, step: number): void
  /** Leaves at `to` a group of vectors with the extremes among all elements, a group or more. */
  readonly [extreme: `min_${string}` | `max_${string}`]: ((at: number, end: number, to: number) => void) | undefined
  /** Adds rows, one or more and `pitch` bytes apart, to sums: `units` whole groups of vectors, one or more. */
  rows_float32(sums: number, units: number, at: number, rows: number, pitch: number): void
  rows_float64(sums: number, units: number, at: number, rows: number, pitch: number): void
  readonly [fold: `total_${string}` | `count_${string}`]: ((at: number, end: number) => void) | undefined
}

export interface Instance {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly buffer: ArrayBuffer
  readonly exports: SimdExports
}

/** The part of WebAssembly used here, for it is no part of the ES library. */
interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: { m: { m: object } }) => { readonly exports: unknown }
}

const PAGE_BYTES = 65_536

/** undefined where SIMD is missing, the page's CSP lacks 'wasm-unsafe-eval', or there is no room. */
export function instantiate(byteLength: number): Instance | undefined {
  const found: unknown = Reflect.get(globalThis, 'WebAssembly')
  if (found === undefined) return undefined
  const api = found as WebAssemblyApi // what it is wherever it is
  const pages = byteLength / PAGE_BYTES
  try {
    const module = new api.Module(bytesOf(MODULE))
    const memory = new api.Memory({ initial: pages, maximum: pages })
    const { exports } = new api.Instance(module, { m: { m: memory } })
    return { memory, buffer: memory.buffer, exports: exports as SimdExports } // the interface states what the module has
  } catch {
    return undefined
  }
}

function bytesOf(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}
