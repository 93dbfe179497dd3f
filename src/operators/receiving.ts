// Results on their way to where the caller wants them: arrays in memory, or the service's own disk.
import type { TypedArray } from '../core/dtype.js'
import { StaleArrayError } from '../core/errors.js'
import { NDArray } from '../core/ndarray.js'
import { sameShape, sizeOf } from '../core/shape.js'
import { wrap } from '../core/typed-array.js'
import type { EvaluatedArray } from '../evaluation.js'
import type { ArrayMeta } from '../protocol.js'
import { Residency } from '../residency.js'
import type { Session } from '../session.js'
import type { GivenOut } from './outs.js'

/** An `out` when its turn has come: memory to fill, or an array on disk that gets a new value. */
export type Receiver = { readonly memory: NDArray; written(): void } | { readonly target: Residency }

/** In its turn. Errors: ReadOnlyError, StaleArrayError; TypeError for one on another disk than `home`. */
export function receiverOf({ out, custody, shape }: GivenOut, home: Session | undefined): Receiver {
  if (custody === undefined) return { memory: out as NDArray, written: () => {} } // what has no custody is an NDArray
  custody.checkWritable()
  const { place, described } = custody
  if (!sameShape(described.shape, shape)) throw new StaleArrayError('out has another shape than when it was given')
  const { live } = place
  if (place instanceof Residency && live?.mode !== 'c') {
    if (place.session === home) return { target: place }
    throw new TypeError('two arrays on different disks cannot be written in one step: out is a pair on one disk')
  }
  const data = custody.buffer as TypedArray // what is not on disk only is in memory
  const memory = NDArray.fromParts({ data, ...described })
  return {
    memory,
    written: () => {
      if (place instanceof Residency && live !== undefined) live.dirty = true
    },
  }
}

export function isTarget(receiver: Receiver | undefined): receiver is { readonly target: Residency } {
  return receiver !== undefined && 'target' in receiver
}

/** What came back for one result: fresh memory, or what the target is now. */
export function receive(
  result: EvaluatedArray | ArrayMeta,
  buffer: ArrayBuffer,
  receiver: Receiver | undefined,
): NDArray | undefined {
  if ('incarnation' in result) {
    if (isTarget(receiver)) replaceValue(receiver.target, result)
    return undefined
  }
  const { dtype, shape, offset } = result
  const array = NDArray.fromParts({ data: wrap(buffer, dtype, offset, sizeOf(shape)), dtype, shape })
  if (receiver === undefined) return array
  fill(receiver, array)
  return undefined
}

export function fill(receiver: Receiver, array: NDArray): void {
  if (isTarget(receiver)) return
  if (receiver.memory !== array) receiver.memory.set([], array)
  receiver.written()
}

/** The array has a new value on disk: memory that holds the old one is let go of, and whoever has it keeps it. */
export function replaceValue(residency: Residency, meta: ArrayMeta): void {
  const wasLoaded = residency.live !== undefined
  residency.drop()
  residency.meta = meta
  if (wasLoaded) void residency.occupants.run('onOffload')
}
