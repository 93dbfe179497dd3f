// Reading, setting and appending over arrays of random shapes, dtypes and selections, against plain loops over bytes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DTYPE_NAMES, DTYPES, type DType } from '../../../src/core/dtype.js'
import { type ResolvedSelection, resolveSelection, type Selection, selectedShape } from '../../../src/core/selection.js'
import { sizeOf, stridesOf } from '../../../src/core/shape.js'
import { slice } from '../../../src/core/slice.js'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import { type OpenService, openService, pattern, spec } from '../../support/engine-harness.js'

interface Model {
  readonly dtype: DType
  shape: number[]
  bytes: Uint8Array
}

/** The first byte of every selected element, in C order. */
function offsets(selection: ResolvedSelection, { shape, dtype }: Model): number[] {
  const strides = stridesOf(shape)
  let found = [0]
  for (const [axis, { start, step, count }] of selection.entries()) {
    const steps = Array.from({ length: count }, (_, i) => (start + i * step) * (strides[axis] as number))
    found = found.flatMap((base) => steps.map((add) => base + add))
  }
  return found.map((element) => element * DTYPES[dtype].itemsize)
}

function select(selection: ResolvedSelection, model: Model): Uint8Array {
  const { itemsize } = DTYPES[model.dtype]
  const from = offsets(selection, model)
  const selected = new Uint8Array(from.length * itemsize)
  for (const [i, at] of from.entries()) selected.set(model.bytes.subarray(at, at + itemsize), i * itemsize)
  return selected
}

/** Sets the selection to the value, repeated along the axes it lacks or has one element of. */
function assign(selection: ResolvedSelection, model: Model, value: Uint8Array, valueShape: readonly number[]): void {
  const { itemsize } = DTYPES[model.dtype]
  const shape = selectedShape(selection)
  const strides = stridesOf(shape)
  const valueStrides = stridesOf(valueShape)
  const skipped = shape.length - valueShape.length
  for (const [i, at] of offsets(selection, model).entries()) {
    let from = 0
    for (const [axis, length] of valueShape.entries()) {
      const index = Math.floor(i / (strides[axis + skipped] as number)) % (shape[axis + skipped] as number)
      if (length !== 1) from += index * (valueStrides[axis] as number)
    }
    model.bytes.set(value.subarray(from * itemsize, (from + 1) * itemsize), at)
  }
}

function concatenate(model: Model, axis: number, value: Uint8Array, valueShape: readonly number[]): void {
  const outer = sizeOf(model.shape.slice(0, axis))
  const bytes = new Uint8Array(model.bytes.byteLength + value.byteLength)
  const [oldRow, newRow] = [model.bytes.byteLength / outer, value.byteLength / outer]
  for (let row = 0; row < outer; row++) {
    bytes.set(model.bytes.subarray(row * oldRow, (row + 1) * oldRow), row * (oldRow + newRow))
    bytes.set(value.subarray(row * newRow, (row + 1) * newRow), row * (oldRow + newRow) + oldRow)
  }
  model.bytes = bytes
  model.shape = model.shape.map((size, i) => (i === axis ? size + (valueShape[i] as number) : size))
}

/** Small shapes with every detail, and long ones whose selections reach over gaps, spans, blocks and holes. */
const shapes = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      [300_000],
      [262_144],
      [3, 70_000],
      [2, 3, 33_333],
      [40_000, 3],
      [9, 5, 4096],
      [1_048_577],
    ),
  },
)
const dtypes = fc.constantFrom(...DTYPE_NAMES)
const positions = fc.oneof(fc.integer({ min: -7, max: 7 }), fc.integer({ min: -300_000, max: 300_000 }))
const steps = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(-1, -2, -5, 1000, 4097, 66_000, -70_001))
const axes = fc.array(
  fc.oneof(
    fc.constant(null),
    fc.nat(1_000_000),
    fc.tuple(fc.option(positions), fc.option(positions), steps).map(([start, stop, step]) => slice(start, stop, step)),
  ),
  { minLength: 4, maxLength: 4 },
)

type Step =
  | { readonly kind: 'read'; readonly axes: readonly Selection[number][] }
  | { readonly kind: 'set'; readonly axes: readonly Selection[number][]; readonly skip: number; readonly ones: number }
  | { readonly kind: 'append'; readonly axis: number; readonly count: number }

const stepsOfWork: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('read' as const), axes }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('set' as const), axes, skip: fc.nat(4), ones: fc.nat(15) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('append' as const), axis: fc.nat(3), count: fc.nat(3) }) },
  ),
  { minLength: 1, maxLength: 6 },
)

/** What the drawn axes mean for that shape; not so many elements that the plain loops take long. */
function selectionFor(drawn: readonly Selection[number][], shape: readonly number[]): ResolvedSelection {
  const fitting = shape.map((size, axis) => {
    const entry = drawn[axis] ?? null
    return typeof entry === 'number' ? (size === 0 ? null : entry % size) : entry
  })
  const resolved = resolveSelection(fitting, shape)
  let room = 60_000
  return resolved.map((axis) => {
    const count = Math.min(axis.count, Math.max(1, room))
    room = Math.floor(room / Math.max(1, count))
    return { ...axis, count }
  })
}

async function perform(
  service: OpenService,
  incarnation: number,
  model: Model,
  step: Step,
  seed: number,
): Promise<void> {
  const { itemsize } = DTYPES[model.dtype]
  if (step.kind === 'append') {
    if (model.shape.length === 0) return
    const axis = step.axis % model.shape.length
    const shape = model.shape.map((size, i) => (i === axis ? step.count : size))
    const bytes = pattern(sizeOf(shape) * itemsize, seed)
    const meta = await service.call('append', { incarnation, axis, bytes, shape })
    concatenate(model, axis, bytes, shape)
    expect([meta.shape, meta.nbytes]).toEqual([model.shape, model.bytes.byteLength])
    return
  }
  const selection = selectionFor(step.axes, model.shape)
  if (step.kind === 'set') {
    const shape = selectedShape(selection)
      .slice(step.skip)
      .map((size, axis) => ((step.ones >> axis) & 1 ? 1 : size))
    // At any offset of its buffer.
    const bytes = pattern(sizeOf(shape) * itemsize + 1, seed).subarray(1)
    await service.call('set', { incarnation, selection, bytes, shape })
    assign(selection, model, bytes, shape)
  } else {
    const { buffer } = await service.call('read', { incarnation, selection })
    expect(Buffer.compare(new Uint8Array(buffer), select(selection, model))).toBe(0)
  }
}

test('reads, sets and appends are those of plain loops, whatever shape, dtype and selection', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, dtypes, fc.boolean(), stepsOfWork, async (shape, dtype, holes, work) => {
      const service = await openService(new MemoryDirectory())
      const byteLength = sizeOf(shape) * DTYPES[dtype].itemsize
      const bytes = holes ? new Uint8Array(byteLength) : pattern(byteLength, 0)
      const target = { create: spec('a', 0, { shape, dtype }) }
      const [made] = await service.call('put', { puts: [holes ? { target } : { target, bytes }] })
      const incarnation = made?.meta.incarnation ?? 0
      const model: Model = { dtype, shape: [...shape], bytes: bytes.slice() }
      for (const [i, step] of work.entries()) await perform(service, incarnation, model, step, i + 1)
      const { buffer } = await service.call('read', { incarnation })
      expect(Buffer.compare(new Uint8Array(buffer), model.bytes)).toBe(0)
      expect((await service.call('check', { fix: false })).problems).toEqual([])
    }),
    { numRuns: Number(process.env['SELECTION_RUNS'] ?? 120) },
  )
}, 120_000)
