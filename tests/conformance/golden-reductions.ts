// Every reduction recorded from NumPy, over arrays on disk that are seen in all kinds of layouts, bit for bit but for those of NaNs, which browsers choose.
import { setTileSize } from '../../src/core/numpy/tiles.js'
import { noteView } from '../../src/frames.js'
import { type ArrayView, type Disk, NDArray } from '../../src/index.js'
import * as numpy from '../../src/numpy.js'
import { deepEqual } from '../support/assert.js'
import { readCompressed } from '../support/compressed.js'
import type { Case } from '../support/conformance.js'
import { difference } from '../support/golden.js'
import { callOf, elementsOf, expected, type RecordedReduction, resultsOf } from '../support/golden-reductions.js'

const functions = numpy as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>

/** A view of that very layout; NumPy made it by steps that are not recorded. */
async function viewOnDisk(disk: Disk, { input }: RecordedReduction): Promise<ArrayView> {
  const { dtype, size, shape, strides, offset } = input
  const array = await disk.array(NDArray.from(elementsOf(input), { shape: [size], dtype }), {
    automaticOffloading: true,
  })
  const view = array.view([])
  noteView(view, { array, base: array.shape, layout: { shape, strides, offset } })
  return view
}

export const goldenReductionCases: Case[] = [1000, undefined].map(
  (tile): Case => ({
    name: `NumPy's reductions of arrays on disk, bit for bit, in tiles of ${tile ?? 'the usual'} elements`,
    async run(t) {
      const disk = await t.openDisk()
      const { cases } = (await readCompressed('tests/unit/numpy/numpy-reductions.json.gz')) as {
        cases: readonly RecordedReduction[]
      }
      setTileSize(tile)
      try {
        const problems: unknown[] = []
        for (const one of cases) {
          const { name, given, isFlat } = callOf(one, await viewOnDisk(disk, one))
          const results = resultsOf(await functions[name]?.(...given), isFlat)
          const problem = expected(one)
            .map((wanted, i) => difference(results[i] as NDArray, wanted, 'exact'))
            .find(Boolean)
          if (problem !== undefined) problems.push({ ...one, problem })
        }
        deepEqual(problems, [])
      } finally {
        setTileSize()
      }
    },
  }),
)
