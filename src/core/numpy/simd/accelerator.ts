// The seam to kernels in WebAssembly.
import type { Kernels } from '../kernel-table.js'

export interface Accelerator {
  /** The memory its kernels work on; of fixed size, never grows, so views on it stay valid. */
  readonly buffer: ArrayBuffer
  /** The first byte that is free for use. */
  readonly start: number
  /** The JavaScript kernels, with faster ones in front for operands that all lie in the memory. */
  readonly kernels: Kernels
}

export function createAccelerator(_byteLength: number): Accelerator | undefined {
  return undefined
}
