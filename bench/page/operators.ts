// Operators over arrays on disk, timed one at a time as Node asks for them.
import { type Disk, type DiskBackedNDArray, type DType, NDArray, openDisk } from '../../src/index.js'
import { inlineWorker } from '../../src/inline.js'
import * as numpy from '../../src/numpy.js'
import { FloorFile } from './contenders/floor.js'

declare global {
  interface Window {
    /** Makes the arrays, `byteLength` each; resolves with the names of the workloads. */
    prepareOperators(byteLength: number): Promise<string[]>
    /** Brings what was written to the platter. */
    flushOperators(): Promise<void>
    /** Milliseconds of one run, of one worker or of two. */
    timeOperator(name: string, workers: 1 | 2): Promise<number>
    /** Milliseconds that a hand-written worker takes to `read()` as many bytes as an array has, into the buffer that it had before. */
    timeRead(): Promise<number>
  }
}

const DTYPES: readonly DType[] = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float16',
  'float32',
  'float64',
  'complex64',
  'complex128',
]
const PIECE_ELEMENTS = 2 ** 20
/** More elements than a tile has. */
const VISITED_ELEMENTS = 300_000
const MIB = 2 ** 20
/** A message cannot take 2 GiB along. */
const MOST_READ_BYTES = 256 * MIB

type Workloads = Readonly<Record<string, () => Promise<unknown>>>

const disks: Disk[] = []
const workloads = new Map<number, Workloads>()
const file = new FloorFile()
let timesRead = 1

window.prepareOperators = async (byteLength) => {
  const options = { memoryBudget: 64 * MIB }
  // A worker that was made from text has no second one.
  disks[1] = await openDisk({ ...options, name: 'bench-one-worker', worker: inlineWorker })
  disks[2] = await openDisk({ ...options, name: 'bench-two-workers' })
  for (const workers of [1, 2]) {
    const disk = disks[workers] as Disk // just opened
    await visitEveryDType(disk)
    workloads.set(workers, await workloadsOver(disk, byteLength))
  }
  await file.open()
  await file.writePieces(new Uint8Array(byteLength).fill(1))
  timesRead = Math.ceil(byteLength / MOST_READ_BYTES)
  file.spare = new Uint8Array(byteLength / timesRead)
  return Object.keys(workloads.get(1) ?? {})
}

window.flushOperators = async () => {
  for (const disk of disks) await disk?.flush()
}

window.timeOperator = async (name, workers) => {
  const started = performance.now()
  await workloads.get(workers)?.[name]?.()
  return performance.now() - started
}

window.timeRead = async () => {
  let all = 0
  for (let nth = 0; nth < timesRead; nth++) {
    const into = file.takeSpare()
    const { bytes, milliseconds } = await file.ask({ kind: 'read', at: nth * into.byteLength, into })
    file.spare = bytes
    all += milliseconds
  }
  return all
}

/** Code that has seen one kind of array only may be faster than code that has seen all. */
async function visitEveryDType(disk: Disk): Promise<void> {
  for (const dtype of DTYPES) {
    const ones = NDArray.from(new Uint8Array(VISITED_ELEMENTS).fill(1)).astype(dtype)
    const a = await disk.array(ones)
    const out = await disk.zeros([VISITED_ELEMENTS], dtype)
    await numpy.add(a, a, { out })
    await numpy.multiply(a, out, { out })
    await numpy.greater(a, out)
    for (const reduce of [numpy.sum, numpy.mean, numpy.std, numpy.min]) await reduce(a, { axis: 0 })
    await Promise.all([a.purge(), out.purge()])
  }
}

async function workloadsOver(disk: Disk, byteLength: number): Promise<Workloads> {
  const side = Math.floor(Math.sqrt(byteLength / 4))
  const square = [side, side]
  const a = await filled(disk, square, 'float32', (i) => (i % 1000) / 7)
  const b = await filled(disk, square, 'float32', (i) => (i % 777) / 3)
  const out = await disk.zeros(square, 'float32')
  const mask = await disk.zeros(square, 'bool')
  const wide = [
    await filled(disk, [byteLength / 8], 'int64', BigInt),
    await filled(disk, [byteLength / 8], 'int64', BigInt),
  ] as const
  const wideOut = await disk.zeros([byteLength / 8], 'int64')
  const narrow = [
    await filled(disk, [byteLength], 'uint8', Number),
    await filled(disk, [byteLength], 'uint8', Number),
  ] as const
  const narrowOut = await disk.zeros([byteLength], 'uint8')
  const turned = b.transpose()
  return {
    'add(a, b, out)': () => numpy.add(a, b, { out }),
    'a * 2.5 + 1, out': () => numpy.lazy(a).multiply(2.5).add(1).evaluate({ out }),
    'sum(a)': () => numpy.sum(a),
    'mean(a)': () => numpy.mean(a),
    'std(a)': () => numpy.std(a),
    'min(a)': () => numpy.min(a),
    'a > 0.5, out': () => numpy.greater(a, 0.5, { out: mask }),
    'sum(a, axis=0)': () => numpy.sum(a, { axis: 0 }),
    'sum(a, axis=1)': () => numpy.sum(a, { axis: 1 }),
    'a + b.T, out': () => numpy.add(a, turned, { out }),
    'int64 add, out': () => numpy.add(wide[0], wide[1], { out: wideOut }),
    'uint8 add, out': () => numpy.add(narrow[0], narrow[1], { out: narrowOut }),
  }
}

function filled(
  disk: Disk,
  shape: readonly number[],
  dtype: DType,
  element: (index: number) => number | bigint,
): Promise<DiskBackedNDArray> {
  const size = shape.reduce((product, length) => product * length, 1)
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let start = 0; start < size; start += PIECE_ELEMENTS) {
      const { data } = NDArray.zeros([Math.min(PIECE_ELEMENTS, size - start)], dtype)
      const elements = data as { [index: number]: number | bigint; length: number } // values of the dtype
      for (let i = 0; i < elements.length; i++) elements[i] = element(start + i)
      yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    }
  }
  return disk.array(pieces(), { shape, dtype })
}
