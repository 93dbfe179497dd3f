import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NDArray } from '../../../src/core/ndarray.js'
import type { Selection } from '../../../src/core/selection.js'
import { sizeOf } from '../../../src/core/shape.js'
import { slice } from '../../../src/core/slice.js'
import { planRead } from '../../../src/read-plan.js'

/** Numbered elements, so that a value tells where it came from. */
function numbered(shape: readonly number[]): NDArray<'float64'> {
  return NDArray.from(
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => i),
    { shape, dtype: 'float64' },
  )
}

/** What the plan reads, seen as the plan says. */
function followed(base: NDArray<'float64'>, view: NDArray<'float64'>): { read: number; values: unknown } {
  const plan = planRead(base.shape, view)
  const box = base.view(
    plan.selection.map(({ start, step, count }) => slice(start, start + (count - 1) * step + 1, step)),
  )
  expect(box.size).toBe(plan.size)
  const seen = NDArray.fromParts({ data: box.toArray(), dtype: 'float64', ...plan.view })
  return { read: plan.size, values: seen.toNested() }
}

type Change = (array: NDArray<'float64'>) => NDArray<'float64'>

const selecting = fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.constantFrom(1, 2, 3, -1, -2), fc.boolean())).map(
  (entries): Change =>
    (array) => {
      const selection: Selection = array.shape.map((size, axis) => {
        const [a, b, step, isIndex] = entries[axis] ?? [0, size, 1, false]
        if (isIndex) return a % size
        const [low, high] = [Math.min(a, b) % size, Math.max(a, b)]
        return step > 0 ? slice(low, Math.max(high, low + 1), step) : slice(Math.max(high, low), null, step)
      })
      return array.view(selection)
    },
)
const reshaping = fc.tuple(fc.nat(), fc.nat()).map(
  (picks): Change =>
    (array) => {
      const shape: number[] = []
      let rest = array.size
      for (const pick of picks) {
        const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((factor) => rest % factor === 0)
        const factor = divisors[pick % divisors.length] ?? 1
        shape.push(factor)
        rest /= factor
      }
      try {
        return array.reshape([...shape, rest])
      } catch {
        return array // no view has that shape
      }
    },
)
const broadcasting = fc.integer({ min: 1, max: 3 }).map(
  (times): Change =>
    (array) =>
      array.broadcastTo([times, ...array.shape]),
)

describe('planRead', () => {
  test('reads, for any view of any array, elements that the view then shows as they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
        fc.array(fc.oneof(selecting, reshaping, broadcasting), { maxLength: 4 }),
        fc.boolean(),
        (shape, changes, isTransposed) => {
          const base = numbered(shape)
          const changed = changes.reduce((array, change) => change(array), base)
          const view = isTransposed ? changed.transpose() : changed
          if (view.size === 0) return
          expect(followed(base, view).values).toEqual(view.toNested())
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('reads no more than a selection selects, whatever the order of the axes', () => {
    const base = numbered([7, 8, 9])
    const view = base.view([slice(1, 6, 2), 3, slice(8, 2, -3)])
    expect(followed(base, view).read).toBe(view.size)
    expect(followed(base, view.transpose()).read).toBe(view.size)
    expect(followed(base, view.broadcastTo([4, ...view.shape])).read).toBe(view.size)
  })

  test('reads the rows around a part of a flattened array, and no more', () => {
    const base = numbered([100, 10])
    expect(followed(base, base.reshape([1000]).view([slice(25, 27)])).read).toBe(2)
    expect(followed(base, base.reshape([1000]).view([slice(25, 45)])).read).toBe(30)
  })

  test('reads only the pixels of a tile of an image whose channels were merged into its rows', () => {
    const base = numbered([50, 40, 4])
    const tile = base.reshape([50, 160]).view([slice(10, 20), slice(8, 24)])
    expect(followed(base, tile)).toEqual({ read: 160, values: tile.toNested() })
  })
})
