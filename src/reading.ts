// Reading strided parts of an array, from memory where it is loaded, else from disk in one call.
import type { WorkOptions } from './call.js'
import { DTYPES, type DType, type TypedArray } from './core/dtype.js'
import { DTypeError, ShapeError } from './core/errors.js'
import type { ViewLayout } from './core/layout.js'
import { NDArray } from './core/ndarray.js'
import type { ResolvedSelection } from './core/selection.js'
import { sizeOf } from './core/shape.js'
import { copyElements, isContiguous } from './core/strided.js'
import { allocate, wrap } from './core/typed-array.js'
import type { Custody } from './custody.js'
import type { Live } from './live.js'
import { planRead, type ReadPlan } from './read-plan.js'
import type { Residency } from './residency.js'
import { takeBuffer } from './transfer.js'
import { reporter, workOptions } from './work-options.js'

/** Parts of an array of that shape; strides and offset count its elements in C order. */
export interface Parts {
  readonly base: readonly number[]
  readonly layouts: readonly ViewLayout[]
}

/** `into`: where the elements go, of exactly their number and dtype; else they go into fresh memory. */
export type ReadOptions<D extends DType> = WorkOptions & { into?: TypedArray<D> }

/**
 * Each part as a C-ordered array; all lie one after the other in one memory, fresh or `into`'s. `partsOf` is asked in the
 * read's turn. Errors: those of `partsOf`, ShapeError and DTypeError for an `into` that does not fit, those of reading.
 */
export function readParts<D extends DType>(
  custody: Custody,
  dtype: D,
  partsOf: () => Parts,
  options: ReadOptions<D>,
): Promise<NDArray<D>[]> {
  return custody.turn(
    'together',
    async (place) => {
      const { base, layouts } = partsOf()
      const shapes = layouts.map(({ shape }) => shape)
      if (options.into !== undefined) checkInto(options.into, dtype, shapes)
      custody.count(place)
      const { live } = place
      if (live !== undefined) return fromMemory(live, dtype, layouts, options)
      return readLayouts(place as Residency, dtype, { base, layouts }, options) // what is in memory only is loaded
    },
    options.signal,
  )
}

function fromMemory<D extends DType>(
  live: Live,
  dtype: D,
  layouts: readonly ViewLayout[],
  options: ReadOptions<D>,
): NDArray<D>[] {
  const targets = inOneMemory(dtype, layouts, options.into)
  const byteLength = targets.reduce((sum, { nbytes }) => sum + nbytes, 0)
  const report = reporter(options, byteLength)
  report(0)
  for (const [i, layout] of layouts.entries()) fill(targets[i], { data: live.data, ...layout })
  report(byteLength)
  return targets
}

/** As `readParts`, from disk. In a turn. Errors: those of reading. */
export async function readLayouts<D extends DType>(
  residency: Residency,
  dtype: D,
  { base, layouts }: Parts,
  options: ReadOptions<D>,
): Promise<NDArray<D>[]> {
  const plans = layouts.map((layout) => (sizeOf(layout.shape) === 0 ? undefined : planRead(base, layout)))
  const isDirect = plans.every((plan) => plan === undefined || isWhole(plan))
  const wanted = plans.filter((plan) => plan !== undefined)
  const given = isDirect && options.into !== undefined ? takeBuffer(options.into) : undefined
  const buffer = await call(
    residency,
    wanted.map(({ selection }) => selection),
    given,
    options,
  )
  if (isDirect && (given !== undefined || options.into === undefined)) {
    return inOneMemory(dtype, layouts, wrap(buffer, dtype))
  }
  const targets = inOneMemory(dtype, layouts, options.into)
  let at = 0
  for (const [i, plan] of plans.entries()) {
    if (plan === undefined) continue
    fill(targets[i], { data: wrap(buffer, dtype, at, plan.size), ...plan.view })
    at += plan.size * DTYPES[dtype].itemsize
  }
  return targets
}

/** The selections one after the other. */
async function call(
  { session, meta: { incarnation } }: Residency,
  selections: readonly ResolvedSelection[],
  into: ArrayBuffer | undefined,
  work: WorkOptions,
): Promise<ArrayBuffer> {
  if (selections.length === 0) return into ?? new ArrayBuffer(0)
  const options = { ...workOptions(work), transfer: into === undefined ? [] : [into] }
  const [selection] = selections
  const { buffer } =
    selections.length === 1 && selection !== undefined
      ? await session.call('read', { incarnation, selection, ...(into && { into }) }, options)
      : await session.call('readMany', { incarnation, selections, ...(into && { into }) }, options)
  return buffer
}

/** C-ordered arrays of these shapes, one after the other in `memory` or in fresh one. */
export function inOneMemory<D extends DType>(
  dtype: D,
  layouts: readonly ViewLayout[],
  memory?: TypedArray<D>,
): NDArray<D>[] {
  const sizes = layouts.map(({ shape }) => sizeOf(shape))
  const data =
    memory ??
    allocate(
      dtype,
      sizes.reduce((sum, size) => sum + size, 0),
    )
  let at = data.byteOffset
  return layouts.map(({ shape }, i) => {
    const part = wrap(data.buffer, dtype, at, sizes[i])
    at += part.byteLength
    return NDArray.fromParts({ data: part, shape, dtype })
  })
}

function fill<D extends DType>(
  target: NDArray<D> | undefined,
  source: { data: TypedArray; strides: readonly number[]; offset: number },
): void {
  if (target !== undefined) copyElements(target.dtype, target.shape, target, source)
}

/** Whether what is read is the part itself, in order. */
function isWhole({ size, view }: ReadPlan): boolean {
  return size === sizeOf(view.shape) && view.offset === 0 && isContiguous(view.shape, view.strides)
}

export function checkInto<D extends DType>(
  into: TypedArray<D>,
  dtype: D,
  shapes: readonly (readonly number[])[],
): void {
  const expected = allocate(dtype, 0)
  if (into[Symbol.toStringTag] !== expected[Symbol.toStringTag]) {
    throw new DTypeError(`into is a ${expected[Symbol.toStringTag]} for ${dtype}, got ${into[Symbol.toStringTag]}`)
  }
  const size = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0)
  const room = into.length / DTYPES[dtype].width
  if (room < size) throw new ShapeError(`into has room for ${room} elements, the selections have ${size}`)
}
