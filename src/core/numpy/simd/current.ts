// The accelerator of this thread: where reductions look for it.
import type { TypedArray } from '../../dtype.js'
import type { Accelerator } from './accelerator.js'
import type { Reductions } from './reductions.js'

let current: Accelerator | undefined

/** Reductions of what lies in the accelerator's memory use it from now on. */
export function accelerate(accelerator: Accelerator | undefined): void {
  current = accelerator
}

/** For elements that lie in its memory. */
export function reductionsOf(x: TypedArray): Reductions | undefined {
  return current !== undefined && x.buffer === current.buffer ? current.reductions : undefined
}
