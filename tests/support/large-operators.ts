// In the page: every kind of operator over operands of 4 GiB, and what it gives. Node reads the names.
import { DTYPES } from '../../src/core/dtype.js'
import type { DiskBackedNDArray, DType, NDArray } from '../../src/index.js'

type Functions = typeof import('../../src/numpy.js')

interface Large {
  readonly dtype: DType
  /** Of `a`; by default 4 GiB in rows of 32,768. */
  readonly shape?: readonly number[]
  /** The dtype of `out`, of the shape of `a`; none where the result is in memory. */
  readonly out?: DType
  readonly run: (numpy: Functions, a: DiskBackedNDArray, out: DiskBackedNDArray) => Promise<unknown>
  /** Of an array the elements at PROBES, else the result. */
  readonly gives: unknown
}

const LARGE_BYTES = 2 ** 32
const COLUMNS = 32_768
/** Rows and columns; of one dimension, the row. */
const PROBES = [
  [0, 0],
  [5, 7],
  [7, 5],
  [-1, -1],
] as const

/** `a` is 1 in its first eight rows but for a 3 at (5, 7), and 0 below: 8 * 32,768 + 2 in all. */
export const LARGE: Readonly<Record<string, Large>> = {
  'a + a.T': {
    dtype: 'float32',
    out: 'float32',
    run: (n, a, out) => n.add(a, a.transpose(), { out }),
    gives: [2, 4, 4, 0],
  },
  'a + a.T of uint8': {
    dtype: 'uint8',
    shape: [65_536, 65_536],
    out: 'uint8',
    run: (n, a, out) => n.add(a, a.transpose(), { out }),
    gives: [2, 4, 4, 0],
  },
  'a + a.T of complex128': {
    dtype: 'complex128',
    shape: [16_384, 16_384],
    out: 'complex128',
    run: (n, a, out) => n.add(a, a.transpose(), { out }),
    gives: [2, 4, 4, 0],
  },
  'a.T + a.T of int64': {
    dtype: 'int64',
    shape: [16_384, 32_768],
    run: (n, a) => n.sum(n.lazy(a.transpose()).add(a.transpose())),
    gives: 524_292,
  },
  'a[::-1, ::-1] + a': {
    dtype: 'float32',
    out: 'float32',
    run: async (n, a, out) => {
      const { slice } = await import('../../src/index.js')
      return n.add(a.view([slice(null, null, -1), slice(null, null, -1)]), a, { out })
    },
    gives: [1, 3, 1, 1],
  },
  'add of int64': { dtype: 'int64', out: 'int64', run: (n, a, out) => n.add(a, a, { out }), gives: [2, 6, 2, 0] },
  'add of uint8': { dtype: 'uint8', out: 'uint8', run: (n, a, out) => n.add(a, a, { out }), gives: [2, 6, 2, 0] },
  'multiply of float16': {
    dtype: 'float16',
    out: 'float16',
    run: (n, a, out) => n.multiply(a, a, { out }),
    gives: [1, 9, 1, 0],
  },
  'multiply of complex64': {
    dtype: 'complex64',
    out: 'complex64',
    run: (n, a, out) => n.multiply(a, a, { out }),
    gives: [1, 9, 1, 0],
  },
  'multiply of complex128': {
    dtype: 'complex128',
    out: 'complex128',
    run: (n, a, out) => n.multiply(a, a, { out }),
    gives: [1, 9, 1, 0],
  },
  'power of float64': {
    dtype: 'float64',
    out: 'float64',
    run: (n, a, out) => n.power(a, 3, { out }),
    gives: [1, 27, 1, 0],
  },
  'a > 0.5': {
    dtype: 'float32',
    out: 'bool',
    run: (n, a, out) => n.greater(a, 0.5, { out }),
    gives: [true, true, true, false],
  },
  where: { dtype: 'float32', out: 'float32', run: (n, a, out) => n.where(a, a, -1, { out }), gives: [1, 3, 1, -1] },
  'where of int64': {
    dtype: 'int64',
    out: 'int64',
    run: (n, a, out) => n.where(a, a, -1, { out }),
    gives: [1, 3, 1, -1],
  },
  clip: { dtype: 'float32', out: 'float32', run: (n, a, out) => n.clip(a, 0.5, 2, { out }), gives: [1, 2, 1, 0.5] },
  'clip of uint8': { dtype: 'uint8', out: 'uint8', run: (n, a, out) => n.clip(a, 1, 2, { out }), gives: [1, 2, 1, 1] },
  'astype float16': {
    dtype: 'float32',
    out: 'float16',
    run: (n, a, out) => n.astype(a, 'float16', { out }),
    gives: [1, 3, 1, 0],
  },
  'astype float32 of int64': {
    dtype: 'int64',
    out: 'float32',
    run: (n, a, out) => n.astype(a, 'float32', { out }),
    gives: [1, 3, 1, 0],
  },
  round: {
    dtype: 'float32',
    out: 'float32',
    run: (n, a, out) => n.round(a, { decimals: 1, out }),
    gives: [1, 3, 1, 0],
  },
  divmod: {
    dtype: 'float32',
    out: 'float32',
    run: async (n, a, out) => (await n.divmod(a, 2, { out: [out, a] }))[0],
    gives: [0, 1, 0, 0],
  },
  outer: {
    dtype: 'float32',
    out: 'float32',
    run: async (n, a, out) => n.outer('add', await a.get([5]), await a.get([0]), { out }),
    gives: [2, 2, 4, 2],
  },
  'accumulate along columns': {
    dtype: 'float32',
    out: 'float32',
    run: (n, a, out) => n.accumulate('add', a, { axis: 0, out }),
    gives: [1, 8, 8, 8],
  },
  'accumulate along rows': {
    dtype: 'float32',
    out: 'float32',
    run: (n, a, out) => n.accumulate('add', a, { axis: 1, out }),
    gives: [1, 10, 6, 0],
  },
  'accumulate of int64': {
    dtype: 'int64',
    out: 'int64',
    run: (n, a, out) => n.accumulate('maximum', a, { axis: 0, out }),
    gives: [1, 3, 1, 1],
  },
  'accumulate of long rows': {
    dtype: 'float32',
    shape: [16, 2 ** 26],
    out: 'float32',
    run: (n, a, out) => n.accumulate('add', a, { axis: 0, out }),
    gives: [1, 8, 8, 8],
  },
  'sum of int64': { dtype: 'int64', run: (n, a) => n.sum(a), gives: 262_146 },
  'sum of uint8': { dtype: 'uint8', run: (n, a) => n.sum(a), gives: 262_146 },
  'sum of complex64': { dtype: 'complex64', run: (n, a) => n.sum(a), gives: 262_146 },
  'std of float16': { dtype: 'float16', run: async (n, a) => Number(await n.std(a)) > 0.01, gives: true },
  'std of complex128': { dtype: 'complex128', run: async (n, a) => Number(await n.std(a)) > 0.01, gives: true },
  'countNonzero of uint8': { dtype: 'uint8', run: (n, a) => n.countNonzero(a), gives: 262_144 },
  'sum along columns': { dtype: 'float32', run: (n, a) => n.sum(a, { axis: 0 }), gives: [8, 8, 10, 8] },
  'sum along rows': { dtype: 'float32', run: (n, a) => n.sum(a, { axis: 1 }), gives: [32_768, 32_770, 32_768, 0] },
  'sum along columns of a.T': {
    dtype: 'float32',
    run: (n, a) => n.sum(a.transpose(), { axis: 0 }),
    gives: [32_768, 32_770, 32_768, 0],
  },
  'sum of few along long columns': {
    dtype: 'uint8',
    shape: [2 ** 29, 8],
    run: (n, a) => n.sum(a, { axis: 0 }),
    gives: [8, 8, 10, 10],
  },
  'max along very long rows': {
    dtype: 'uint8',
    shape: [16, 2 ** 28],
    run: (n, a) => n.max(n.lazy(a), { axis: 1 }),
    gives: [1, 3, 1, 0],
  },
  'mean along columns': {
    dtype: 'float64',
    run: async (n, a) => n.multiply(await n.mean(a, { axis: 0 }), 16_384),
    gives: [8, 8, 10, 8],
  },
  'std along columns': {
    dtype: 'float32',
    run: async (n, a) => n.greater(await n.std(a, { axis: 0 }), 0),
    gives: [true, true, true, true],
  },
  'std along rows': {
    dtype: 'float32',
    run: async (n, a) => n.greater(await n.std(a, { axis: 1 }), 0),
    gives: [false, true, false, false],
  },
  'min along columns': { dtype: 'int64', run: (n, a) => n.min(a, { axis: 0 }), gives: [0, 0, 0, 0] },
  'max along rows': { dtype: 'float16', run: (n, a) => n.max(a, { axis: 1 }), gives: [1, 3, 1, 0] },
  argmax: { dtype: 'float32', run: (n, a) => n.argmax(a), gives: 5 * COLUMNS + 7 },
  argmin: { dtype: 'int64', run: (n, a) => n.argmin(a), gives: 8 * COLUMNS },
  'argmax along columns': { dtype: 'float32', run: (n, a) => n.argmax(a, { axis: 0 }), gives: [0, 0, 5, 0] },
  'argmin along rows': { dtype: 'uint8', run: (n, a) => n.argmin(a, { axis: 1 }), gives: [0, 0, 0, 0] },
  histogram: {
    dtype: 'float32',
    run: async (n, a) => (await n.histogram(a, { bins: 4 })).counts,
    gives: [2 ** 30 - 262_144, 262_143, 0, 1],
  },
  'histogram of int64': {
    dtype: 'int64',
    run: async (n, a) => (await n.histogram(a, { bins: 4 })).counts,
    gives: [2 ** 29 - 262_144, 262_143, 0, 1],
  },
  percentile: { dtype: 'float32', run: (n, a) => n.percentile(a, [0, 50, 99.99, 100]), gives: [0, 0, 1, 3] },
  'percentile of float64': { dtype: 'float64', run: (n, a) => n.percentile(a, 100), gives: 3 },
  'percentile along rows': { dtype: 'float32', run: (n, a) => n.percentile(a, 50, { axis: 1 }), gives: [1, 1, 1, 0] },
  'percentile along columns': {
    dtype: 'float32',
    run: (n, a) => n.percentile(a, 100, { axis: 0 }),
    gives: [1, 1, 3, 1],
  },
}

/** Makes what one of them needs, and closes the disk. */
export async function prepareLarge(name: string): Promise<void> {
  const { open } = await import('./kept.js')
  const disk = await open()
  const { slice } = await import('../../src/index.js')
  const { dtype, shape = shapeOf(dtype), out } = LARGE[name] as Large
  const a = await disk.zeros(shape, dtype, { cachePath: 'a' })
  const [rows = 0, columns = 0] = shape
  for (let row = 0; row < Math.min(8, rows); row++) {
    for (let at = 0; at < columns; at += 2 ** 20) await a.set([row, slice(at, at + 2 ** 20)], 1)
  }
  await a.set([5, 7], 3)
  await disk.zeros(out === undefined ? [1] : shape, out ?? dtype, { cachePath: 'out' })
  await disk.close()
}

/** Opens what `prepareLarge` made, on the disk that is open. */
export async function openLarge(): Promise<void> {
  const { disk, keep } = await import('./kept.js')
  keep('a', await disk().openArray('a'))
  keep('out', await disk().openArray('out'))
}

/** Runs one of them; what comes back can be sent to Node. */
export async function runLarge(name: string): Promise<unknown> {
  const { kept } = await import('./kept.js')
  const numpy = await import('../../src/numpy.js')
  return plain(await (LARGE[name] as Large).run(numpy, kept('a'), kept('out')))
}

function shapeOf(dtype: DType): readonly number[] {
  return [LARGE_BYTES / COLUMNS / DTYPES[dtype].itemsize, COLUMNS]
}

async function plain(result: unknown): Promise<unknown> {
  if (typeof result === 'bigint') return Number(result)
  if (typeof result !== 'object' || result === null) return result
  if ('re' in result) return result.re
  const array = result as NDArray | DiskBackedNDArray
  const at = (probe: readonly [number, number], nth: number): number[] =>
    array.shape.length === 2 ? [...probe] : [array.shape[0] === PROBES.length ? nth : probe[0]]
  return Promise.all(PROBES.map(async (probe, nth) => plain(await array.item(...at(probe, nth)))))
}
