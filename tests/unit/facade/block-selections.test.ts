import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blockSelections } from '../../../src/block-selections.js'
import { resolveSelection, selectedShape } from '../../../src/core/selection.js'
import { sizeOf } from '../../../src/core/shape.js'

describe('blockSelections', () => {
  test('covers every element once, in order, in blocks that are not too large', () => {
    const shapes = fc.array(fc.nat(6), { maxLength: 4 })
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 100 }), (shape, byteLength) => {
        const sizes = [...blockSelections(shape, 2, byteLength)].map((selection) =>
          sizeOf(selectedShape(resolveSelection(selection, shape))),
        )
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(sizeOf(shape))
        for (const size of sizes) expect(size === 1 || 2 * size <= byteLength).toBe(true)
      }),
    )
  })

  test('cuts along the first axis where whole rows fit, else within a row', () => {
    const starts = (shape: number[], byteLength: number) =>
      [...blockSelections(shape, 1, byteLength)].map((selection) =>
        resolveSelection(selection, shape)
          .map(({ start, count }) => `${start}+${count}`)
          .join(' '),
      )
    expect(starts([5, 4], 8)).toEqual(['0+2 0+4', '2+2 0+4', '4+1 0+4'])
    expect(starts([2, 5], 2)).toEqual(['0+1 0+2', '0+1 2+2', '0+1 4+1', '1+1 0+2', '1+1 2+2', '1+1 4+1'])
    expect(starts([], 1)).toEqual([''])
  })
})
