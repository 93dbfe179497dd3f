// SIMD kernels beside the JavaScript ones, for operands that lie in one WebAssembly memory.
import type { Kernels } from '../kernel-table.js'
import { acceleratedCopy, type Copy } from './columns.js'
import { acceleratedKernels } from './elementwise.js'
import { instantiate } from './instance.js'
import { LAYOUT } from './module.generated.js'
import { Reductions } from './reductions.js'

export interface Accelerator {
  /** The memory its kernels work on; of fixed size, never grows, so views on it stay valid. */
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly buffer: ArrayBuffer
  /** 128 bytes of it that are for checksums. */
  readonly checksumRoom: number
  /** The first byte that is free for use. */
  readonly start: number
  /** The JavaScript kernels, with faster ones in front for operands that all lie in the memory; single elements may lie anywhere. */
  readonly kernels: Kernels
  /** Copies elements, faster within the memory. */
  readonly copy: Copy
  /** What `accelerate` hands to reductions. */
  readonly reductions: Reductions
}

/**
 * undefined where SIMD is missing, the page's CSP forbids WebAssembly, or there is no room.
 * `byteLength`: a multiple of 64 KiB.
 */
export function createAccelerator(byteLength: number): Accelerator | undefined {
  const instance = instantiate(byteLength)
  if (instance === undefined) return undefined
  return {
    memory: instance.memory,
    buffer: instance.buffer,
    checksumRoom: LAYOUT.checksum,
    start: LAYOUT.start,
    kernels: acceleratedKernels(instance),
    copy: acceleratedCopy(instance),
    reductions: new Reductions(instance),
  }
}
