// All elements of an array into memory: read, or made zeros of on disk too.
import type { TypedArray } from './core/dtype.js'
import { sizeOf } from './core/shape.js'
import { allocate, wrap } from './core/typed-array.js'
import type { Reservation } from './reservation.js'
import type { LoadOptions, Residency } from './residency.js'
import { allocateShared, readShared } from './shared-memory.js'
import { onlyResult } from './transfer.js'
import { workOptions } from './work-options.js'

/** In a turn. Errors: those of reading. */
export async function readWhole(array: Residency, options: LoadOptions, room: Reservation): Promise<TypedArray> {
  const { incarnation, dtype, shape, nbytes } = array.meta
  if (options.shared === true) {
    const { data, version } = await readShared(array.session, array.meta, workOptions(options))
    array.meta = { ...array.meta, version }
    return data
  }
  if (nbytes === 0) return allocate(dtype, 0)
  const into = room.takeSpare()
  const params = into === undefined ? { incarnation } : { incarnation, into }
  const transfer = into === undefined ? [] : [into]
  const { buffer, version } = await array.session.call('read', params, { ...workOptions(options), transfer })
  array.meta = { ...array.meta, version }
  return wrap(buffer, dtype, 0, sizeOf(shape))
}

/** In a turn. Errors: those of writing. */
export async function zeroed(array: Residency, shared: boolean): Promise<TypedArray> {
  const { dtype, shape } = array.meta
  const data = shared ? allocateShared(dtype, shape) : allocate(dtype, sizeOf(shape))
  array.written(onlyResult(await array.session.call('put', { puts: [{ target: array.target }] })).meta)
  return data
}
