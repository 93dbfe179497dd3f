// Random lazy expressions over arrays on disk and in memory: the same values in one pass as step by step.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DTYPE_NAMES, type DType } from '../../../src/core/dtype.js'
import { LazyDiskCacheError } from '../../../src/core/errors.js'
import { setTileSize } from '../../../src/core/numpy/tiles.js'
import { type Disk, type DiskBackedNDArray, NDArray, openDisk, slice } from '../../../src/index.js'
import * as numpy from '../../../src/numpy.js'
import * as sync from '../../../src/numpy-sync.js'

const [atOnce, later] = [{ ...sync }, { ...numpy }]
const OPS = [
  'add',
  'subtract',
  'multiply',
  'minimum',
  'maximum',
  'less',
  'equal',
  'logicalOr',
  'divide',
  'mod',
] as const
const SHAPE = [5, 7]

type Name = (typeof OPS)[number]
/** An expression of leaves, as a function of how a step is made. */
type Recipe = <T>(step: (name: Name, a: T, b: T | number) => T, leaves: readonly T[]) => T

const recipe: fc.Arbitrary<Recipe> = fc.letrec<{ tree: Recipe }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.nat(3).map(
      (index): Recipe =>
        (_step, leaves) =>
          leaves[index] as (typeof leaves)[number],
    ),
    fc.tuple(fc.constantFrom(...OPS), tie('tree'), tie('tree'), fc.option(fc.constantFrom(2, 0.5))).map(
      ([name, a, b, scalar]): Recipe =>
        (step, leaves) =>
          step(name, a(step, leaves), scalar ?? b(step, leaves)),
    ),
  ),
})).tree

let disk: Disk
const memory = new Map<DType, NDArray>()
const onDisk = new Map<DType, DiskBackedNDArray>()

beforeAll(async () => {
  disk = await openDisk({ name: 'fused', backend: 'memory' })
  for (const dtype of DTYPE_NAMES) {
    const values = NDArray.from(
      Float64Array.from({ length: 35 }, (_, i) => (i * 5) % 23),
      { shape: SHAPE },
    ).astype(dtype)
    memory.set(dtype, values)
    onDisk.set(dtype, await disk.array(values, { automaticOffloading: true }))
  }
})

afterAll(async () => {
  setTileSize()
  await disk.close({ discard: true })
})

const arrayOf = <V>(arrays: ReadonlyMap<DType, V>, dtype: DType) => arrays.get(dtype) as V

/** The same four arrays: whole, a row, backwards, in memory. */
function leavesFor(a: DType, b: DType) {
  const rows = slice(null, null, -1)
  const [first, second] = [arrayOf(memory, a), arrayOf(memory, b)]
  return {
    memory: [first, second.view([2]), first.view([rows, rows]), second],
    disk: [arrayOf(onDisk, a), arrayOf(onDisk, b).view([2]), arrayOf(onDisk, a).view([rows, rows]), second],
  }
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof LazyDiskCacheError) return undefined
    throw error
  }
}

const dtypes = fc.constantFrom(...DTYPE_NAMES)

test('expressions give the same fused as step by step, and reduced', async () => {
  await fc.assert(
    fc.asyncProperty(recipe, dtypes, dtypes, fc.constantFrom(3, 7, undefined), async (make, a, b, tile) => {
      setTileSize(tile)
      const leaves = leavesFor(a, b)
      const stepwise = attempt(() => make<NDArray>((name, x, y) => atOnce[name](x, y), leaves.memory))
      const fused = attempt(() =>
        make<numpy.LazyArray>(
          (name, x, y) => later[name](x, y),
          leaves.disk.map((one) => numpy.lazy(one)),
        ),
      )
      expect(fused === undefined).toBe(stepwise === undefined)
      if (fused === undefined || stepwise === undefined) return
      const values = await fused.evaluate()
      expect([values.dtype, values.shape]).toEqual([stepwise.dtype, stepwise.shape])
      expect(values.toNested()).toEqual(stepwise.toNested()) // of NaN, sign and payload are open
      const sums = (await fused.sum({ axis: 0 })) as NDArray
      expect(sums.toNested()).toEqual((sync.sum(NDArray.from(stepwise), { axis: 0 }) as NDArray).toNested())
    }),
    { numRuns: 150 },
  )
})
