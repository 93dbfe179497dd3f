// The walk of a reduction hands a fold the same elements, outputs and places one at a time and many together.
import { expect, test } from 'vitest'
import type { TypedArray } from '../../../src/core/dtype.js'
import type { Fold } from '../../../src/core/numpy/reduce/fold.js'
import { Odometer } from '../../../src/core/numpy/reduce/odometer.js'
import type { Group } from '../../../src/core/numpy/reduce/walk.js'

const SIZE = 4 * 3 * 5 * 2

/** What a fold was given: element, output, and place where it was told. */
function given(groups: readonly Group[], tile: number, together: boolean): (number | undefined)[][] {
  const seen: (number | undefined)[][] = []
  const elements = Float64Array.from({ length: SIZE }, (_, i) => i)
  const take = (
    x: TypedArray,
    start: number,
    count: number,
    output: (i: number) => number,
    place?: (i: number) => number,
  ) => {
    for (let i = 0; i < count; i++) seen.push([Number(x[start + i]), output(i), place?.(i)])
  }
  const fold: Fold = {
    casts: [],
    run: (x, start, n, at, place) =>
      take(
        x,
        start,
        n,
        () => at,
        (i) => place + i,
      ),
    rows: (x, start, n, at, place) =>
      take(
        x,
        start,
        n,
        (i) => at + i,
        () => place,
      ),
  }
  const many: Fold = {
    ...fold,
    runs: (x, start, n, at, count) => take(x, start, n * count, (i) => at + Math.floor(i / n)),
    grid: (x, start, n, at, count) => take(x, start, n * count, (i) => at + (i % n)),
  }
  const walk = new Odometer(groups)
  for (let start = 0; start < SIZE; start += tile) {
    const part = elements.subarray(start, start + tile)
    walk.feed(together ? many : fold, part, part.length)
  }
  return seen
}

const counts = [4, 3, 5, 2]
const walks = [false, true].map((first) => counts.map((count, i) => ({ count, reduced: (i % 2 === 0) === first })))

test.each([SIZE, 1, 7, 13, 30])('in tiles of %i', (tile) => {
  for (const groups of walks) {
    const expected = given(groups, tile, false)
    const actual = given(groups, tile, true)
    expect(actual.length).toBe(SIZE)
    actual.forEach(([element, output, place], i) => {
      const [, , truth] = expected[i] ?? []
      expect([element, output, place ?? truth]).toEqual(expected[i])
    })
  }
})
