// Changing arrays: parts set, rows appended, on disk and in what is loaded of it.

import type { DiskBackedNDArray } from './array.js'
import type { WorkOptions } from './call.js'
import { castTyped } from './core/cast.js'
import { checkCast } from './core/casting.js'
import { type ArrayDataInMemory, arrayParts } from './core/data.js'
import type { DType, TypedArray } from './core/dtype.js'
import { ShapeError } from './core/errors.js'
import type { ArrayParts } from './core/given.js'
import { NDArray } from './core/ndarray.js'
import { resolveSelection, type Selection, selectedShape } from './core/selection.js'
import { type SettableValue, valueForSet } from './core/set-value.js'
import { checkAxis, shapeText, sizeOf } from './core/shape.js'
import { slice } from './core/slice.js'
import { bytesOf, isTypedArray } from './core/typed-array.js'
import type { ArrayData } from './creation.js'
import type { Custody, Place } from './custody.js'
import { InMemory, type Live, unbacked } from './live.js'
import type { ArrayMeta } from './protocol.js'
import type { Residency } from './residency.js'
import { type ArrayView, isReadable } from './view.js'
import { signalOnly, workOptions } from './work-options.js'

/** What `set` writes. */
export type Operand = SettableValue | NDArray | DiskBackedNDArray | ArrayView

/**
 * Writes `value` to the selected elements: in modes r+ and w+ to disk and to memory, in mode c to memory only.
 * Errors: ReadOnlyError, InvalidSelectionError, DTypeError, ShapeError, TypeError, StaleArrayError, QuotaExceededError.
 */
export function setPart(custody: Custody, selection: Selection, value: Operand, options: WorkOptions): Promise<void> {
  const given = inMemory(value, options)
  const task = async (place: Place) => {
    custody.checkWritable()
    const { shape, dtype } = shapeOf(place)
    const resolved = resolveSelection(selection, shape)
    const parts = valueForSet(await given, dtype, selectedShape(resolved))
    if (!(place instanceof InMemory) && place.live?.mode !== 'c') {
      const { incarnation } = place.meta
      const { session } = place
      const { spares } = session.budget
      const copy = spares.copyOf(bytesOf(parts.data))
      const params = { incarnation, selection: resolved, bytes: new Uint8Array(copy), shape: parts.shape }
      const sent = { transfer: [copy], giveBack: (buffer: ArrayBuffer) => spares.give(buffer) }
      await change(place, options, (work) => session.call('set', params, { ...work, ...sent }))
    }
    const { live } = place
    if (live === undefined) return
    NDArray.fromParts(live).set(selection, NDArray.fromParts(parts))
    if (live.mode === 'c') live.dirty = true
  }
  return custody.turn('alone', task, options.signal)
}

/** numpy.append with an axis, in place. Errors: as `setPart`. */
export function appendTo(custody: Custody, data: ArrayData, axis: number): Promise<void> {
  const given = inMemory(data, {})
  const task = async (place: Place) => {
    custody.checkWritable()
    const { shape, dtype } = shapeOf(place)
    if (shape.length === 0) throw new ShapeError('zero-dimensional arrays cannot be concatenated')
    const along = checkAxis(axis, shape.length)
    const added = addition(await given, dtype, shape, along)
    if (place instanceof InMemory) {
      if (place.live !== undefined) place.live = unbacked(...joined(place.live, added, along), dtype)
    } else if (place.live?.mode === 'c') {
      await grow(place, place.live, added, along, true)
    } else await appendOnDisk(custody, place, added, along)
  }
  return custody.turn('alone', task, undefined)
}

async function appendOnDisk(custody: Custody, place: Residency, added: ArrayParts, axis: number): Promise<void> {
  await place.writeBack({}, custody.occupant)
  const bytes = bytesOf(added.data).slice()
  const params = { incarnation: place.meta.incarnation, axis, bytes, shape: added.shape }
  place.meta = await place.session.call('append', params, { transfer: [bytes.buffer] })
  const { live } = place
  if (live === undefined) return
  try {
    await grow(place, live, added, axis, false)
  } catch {
    place.drop() // it is on disk
  }
}

/** Makes the loaded buffer a longer one; whoever holds the old one keeps what was in it. Errors: MemoryBudgetError. */
async function grow(place: Residency, live: Live, added: ArrayParts, axis: number, dirty: boolean): Promise<void> {
  const byteLength = live.data.byteLength + added.data.byteLength
  const { budget } = place.session
  const room = await budget.tryReserve(byteLength, place.path, ({ resident }) => resident.isEvictable) // for both at a time
  if (room === undefined) throw budget.refusal(place.memory, byteLength)
  const [data, shape] = joined(live, added, axis)
  budget.remove(place.memory)
  room.handTo(place.memory)
  const isKept = place.occupants.keeper !== undefined
  place.live = { ...live, data, shape, dirty, out: isKept, shared: isKept }
  place.occupants.setBuffer(data)
}

function joined(live: Live, added: ArrayParts, axis: number): [TypedArray, readonly number[]] {
  const before = live.shape[axis] ?? 0
  const shape = live.shape.map((length, i) => (i === axis ? length + (added.shape[i] ?? 0) : length))
  const whole = NDArray.zeros(shape, live.dtype)
  const front = live.shape.slice(0, axis).map(() => null)
  whole.set([...front, slice(0, before)], NDArray.fromParts(live))
  whole.set([...front, slice(before, null)], NDArray.fromParts(added))
  return [whole.data, whole.shape]
}

/** What is appended, in the array's dtype and as many axes; a typed array fills whole rows of the axis. */
function addition(data: ArrayDataInMemory, dtype: DType, shape: readonly number[], axis: number): ArrayParts {
  const isFlat = isTypedArray(data) || Array.isArray(data)
  const parts = isTypedArray(data) || !isFlat ? castSameKind(arrayParts(data), dtype) : arrayParts(data, { dtype })
  if (isTypedArray(data) && shape.length > 1) return { ...parts, shape: rowsOf(parts.shape, shape, axis) }
  const fits =
    parts.shape.length === shape.length && shape.every((length, i) => i === axis || length === parts.shape[i])
  if (fits) return parts
  throw new ShapeError(
    'all the input array dimensions except for the concatenation axis must match exactly: ' +
      `cannot append shape ${shapeText(parts.shape)} to shape ${shapeText(shape)} along axis ${axis}`,
  )
}

function rowsOf(given: readonly number[], shape: readonly number[], axis: number): readonly number[] {
  const size = sizeOf(given)
  const rowSize = sizeOf(shape.map((length, i) => (i === axis ? 1 : length)))
  if (rowSize > 0 && size % rowSize === 0) return shape.map((length, i) => (i === axis ? size / rowSize : length))
  throw new ShapeError(`${size} elements are no whole rows along axis ${axis} of shape ${shapeText(shape)}`)
}

function castSameKind(parts: ArrayParts, dtype: DType): ArrayParts {
  checkCast(parts.dtype, dtype, 'same_kind')
  return parts.dtype === dtype ? parts : { ...parts, dtype, data: castTyped(parts.data, parts.dtype, dtype) }
}

/** An abort that came after the commit came too late: the change stands. */
async function change(
  place: Residency,
  options: WorkOptions,
  call: (work: WorkOptions) => Promise<ArrayMeta>,
): Promise<void> {
  const before = place.meta
  try {
    place.meta = await call(workOptions(options))
  } catch (error) {
    const now = options.signal?.aborted === true ? await place.session.call('stat', { path: before.path }) : undefined
    if (now === undefined || now.incarnation !== before.incarnation || now.version === before.version) throw error
    place.meta = now
  }
}

function shapeOf(place: Place): { shape: readonly number[]; dtype: DType } {
  if (place.live !== undefined) return place.live
  return (place as Residency).meta // what is in memory only is loaded
}

/** Begins to read at once, so that the value is the one of the call's turn. */
function inMemory<T>(value: T | DiskBackedNDArray | ArrayView, options: WorkOptions): T | Promise<NDArray> {
  if (!isReadable(value)) return value as T // what is on disk is readable
  const read = value.get(undefined, signalOnly(options))
  read.catch(() => undefined) // seen in the turn, where there is one
  return read
}
