// How the values of a raster are distributed: histograms and moments, computed by the storage worker.
import { type ArrayView, slice, type WorkOptions } from '../src/index.js'
import { histogram, mean, std } from '../src/numpy.js'
import type { Raster } from './raster.js'
import type { Window } from './view.js'

/** At most. */
const BINS = 96

export interface Counts {
  /** Of the bins, one more than these; over the raster's range. */
  readonly edges: Float64Array
  readonly counts: Float64Array
  /** Of values in the range. */
  readonly total: number
}

export interface Moments {
  readonly mean: number
  readonly std: number
}

/** Samples an axis at most, where not every value is counted. */
const SAMPLES = [256, 512] as const

/** Every n-th element of a window, so that there are few. */
export function thinned({ array }: Raster, { rows, cols }: Window): ArrayView {
  const every = ([from, to]: readonly [number, number], samples: number) =>
    slice(from, to, Math.max(1, Math.ceil((to - from) / samples)))
  return array.view([every(rows, SAMPLES[0]), every(cols, SAMPLES[1])])
}

/** Counts the values of all `parts`. */
export async function countValues(
  raster: Raster,
  parts: readonly (ArrayView | Raster['array'])[],
  options: WorkOptions = {},
): Promise<Counts> {
  const { bins, range } = binsOf(raster)
  const all = await Promise.all(parts.map((part) => histogram(part, { bins, range, ...options })))
  const counts = new Float64Array(bins)
  for (const one of all) {
    one.counts.toArray().forEach((count, bin) => {
      counts[bin] = (counts[bin] ?? 0) + Number(count)
    })
  }
  const edges = all[0]?.edges.toArray() ?? new Float64Array(bins + 1)
  return { edges, counts, total: counts.reduce((sum, count) => sum + count, 0) }
}

/** Bins of integers are of as many integers each. */
function binsOf({ array, range: [min, max] }: Raster): { bins: number; range: readonly [number, number] } {
  if (!/int|bool/.test(array.dtype)) return { bins: BINS, range: [min, max] }
  const width = Math.ceil((max - min + 1) / BINS)
  const bins = Math.ceil((max - min + 1) / width)
  return { bins, range: [min, min + bins * width] }
}

/** Mean and standard deviation of all `parts` together. */
export async function momentsOf(parts: readonly ArrayView[]): Promise<Moments> {
  const all = await Promise.all(
    parts.map(async (part) => ({ size: part.size, mean: Number(await mean(part)), std: Number(await std(part)) })),
  )
  const size = all.reduce((sum, one) => sum + one.size, 0)
  const average = all.reduce((sum, one) => sum + one.mean * one.size, 0) / size
  const variance = all.reduce((sum, one) => sum + (one.std ** 2 + (one.mean - average) ** 2) * one.size, 0) / size
  return { mean: average, std: Math.sqrt(variance) }
}
