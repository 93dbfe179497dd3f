// Elements packed to be sent: the same array is seen over them, whatever its layout, and its gaps stay.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ViewLayout } from '../../../src/core/layout.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { packed } from '../../../src/operators/packing.js'
import { BLOCK_BYTES } from '../../../src/protocol.js'

const over = (data: Float64Array, layout: ViewLayout) => NDArray.fromParts({ data, dtype: 'float64', ...layout })

/** A view of memory of at most 40 by 40 by 40 elements. */
const layout: fc.Arbitrary<ViewLayout> = fc
  .array(fc.record({ start: fc.nat(9), count: fc.nat(5), step: fc.constantFrom(-3, -1, 0, 1, 2) }), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((axes) =>
    fc
      .shuffledSubarray(
        axes.map((_, axis) => axis),
        { minLength: axes.length },
      )
      .map((order) => {
        const distances = axes.map((_, axis) => 40 ** (axes.length - 1 - axis))
        const offset = axes.reduce((at, { start }, axis) => at + (20 + start) * (distances[axis] ?? 0), 0)
        const pick = <T>(values: readonly T[]) => order.map((axis) => values[axis] as T)
        return {
          shape: pick(axes.map(({ count }) => count)),
          strides: pick(axes.map(({ step }, axis) => step * (distances[axis] ?? 0))),
          offset,
        }
      }),
  )

const memory = Float64Array.from({ length: 40 ** 3 }, (_, i) => i)

test.each([8, BLOCK_BYTES])('an array is seen over its packed elements (%i bytes an element)', (itemsize) => {
  fc.assert(
    fc.property(layout, (seen) => {
      const { elements, layout: again } = packed(seen, itemsize)
      const sent = over(memory, elements).toArray() as Float64Array<ArrayBuffer>
      expect(over(sent, again).toArray()).toEqual(over(memory, seen).toArray())
      expect(again.shape).toEqual(seen.shape)
      const distinct = new Set(over(memory, seen).toArray()).size
      if (itemsize === BLOCK_BYTES) expect(sent.length).toBeLessThanOrEqual(Math.max(1, 2 * distinct))
      else expect(again.strides).toEqual(distinct === 0 ? again.strides : seen.strides)
    }),
  )
})
