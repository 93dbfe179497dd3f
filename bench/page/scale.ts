// What grows with a disk, and parts of arrays too large to read whole: measured one after the other as Node asks for them.
import { type Disk, type DiskBackedNDArray, openDisk, type Selection, slice } from '../../src/index.js'
import * as numpy from '../../src/numpy.js'

/** Milliseconds, by what was done. */
export type Times = Readonly<Record<string, number>>

declare global {
  interface Window {
    /** A disk with so many arrays of 64 B to 16 KiB: opening it, and one call on one array. */
    timeArrays(count: number, rounds: number): Promise<Times>
    /** Parts of arrays of 1 GiB, by themselves and by reading what encloses them and picking. */
    timeParts(rounds: number): Promise<Times>
    /** Reads of 64 KiB, alone and while an operator goes over 4 GiB. */
    timeReadsMeanwhile(): Promise<Times>
    /** `a + 1` into an array, by its bytes. */
    timeGrowing(sizes: readonly number[], rounds: number): Promise<Times>
  }
}

const KIB = 2 ** 10
const MIB = 2 ** 20
const GIB = 2 ** 30
const BATCH = 1000
const READS = 300
const READ_ELEMENTS = (64 * KIB) / 4

window.timeArrays = async (count, rounds) => {
  const name = `arrays-${count}`
  let disk = await openDisk({ name })
  for (let first = 0; first < count; first += BATCH) {
    const paths = Array.from({ length: Math.min(BATCH, count - first) }, (_, i) => first + i)
    await Promise.all(
      paths.map((i) => disk.array(new Uint8Array(64 << (i % 9)), { cachePath: `group-${i % 100}/${i}` })),
    )
  }
  const value = new Uint8Array(16 * KIB)
  const one = await disk.array(value, { cachePath: 'one' })
  const change = await median(rounds * 10, () => one.set([], value))
  const read = await median(rounds * 10, () => one.get())
  const open = await median(rounds, async () => {
    await disk.close()
    const started = performance.now()
    disk = await openDisk({ name })
    return performance.now() - started
  })
  await disk.close({ discard: true })
  return { open, change, read }
}

window.timeParts = async (rounds) => {
  const disk = await openDisk({ name: 'parts', memoryBudget: 256 * MIB })
  const square = await counted(disk, [16_384, 16_384])
  const cube = await counted(disk, [512, 512, 1024])
  const part = (array: DiskBackedNDArray, selection: Selection) => median(rounds, () => array.get(selection))
  const enclosed = (array: DiskBackedNDArray, rows: readonly [number, number], inner: Selection) =>
    median(rounds, async () => {
      for (let row = rows[0]; row < rows[1]; row += 64) {
        const read = await array.get([slice(row, Math.min(row + 64, rows[1]))])
        read.view([null, ...inner]).astype('float32')
      }
    })
  const tile = slice(5000, 5256)
  const times = {
    column: await part(square, [null, 77]),
    'column, by its rows': await enclosed(square, [0, 16_384], [77]),
    cube: await part(cube, [slice(100, 164), slice(200, 264), slice(300, 364)]),
    'cube, by its planes': await enclosed(cube, [100, 164], [slice(200, 264), slice(300, 364)]),
    tile: await part(square, [tile, tile]),
    'tile, by its rows': await enclosed(square, [5000, 5256], [tile]),
  }
  await disk.close({ discard: true })
  return times
}

window.timeReadsMeanwhile = async () => {
  const disk = await openDisk({ name: 'meanwhile' })
  const small = await counted(disk, [4 * MIB])
  const operand = await disk.zeros([GIB], 'float32')
  await operand.set([slice(0, MIB)], 1)
  const read = async (nth: number) => {
    const start = (nth * 7919 * 16) % (4 * MIB - READ_ELEMENTS)
    await small.get([slice(start, start + READ_ELEMENTS)])
  }
  const alone = await medianOfReads(read, () => true)
  let runs = true
  const operator = numpy.std(operand).then(() => {
    runs = false
  })
  const meanwhile = await medianOfReads(read, () => runs)
  await operator
  await disk.close({ discard: true })
  return { alone, meanwhile }
}

window.timeGrowing = async (sizes, rounds) => {
  const times: Record<string, number> = {}
  for (const size of sizes) {
    const disk = await openDisk({ name: 'growing' })
    const a = await counted(disk, [size / 4])
    const out = await disk.zeros([size / 4], 'float32')
    await numpy.add(a, 1, { out })
    times[size] = await median(rounds, async () => {
      await disk.flush()
      const started = performance.now()
      await numpy.add(a, 1, { out })
      return performance.now() - started
    })
    await disk.close({ discard: true })
  }
  return times
}

/** Of `rounds` after a warm-up, in ms; `run` may bring the time itself. */
async function median(rounds: number, run: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now()
    const own = await run()
    const elapsed = typeof own === 'number' ? own : performance.now() - started
    if (round > 0) times.push(elapsed)
  }
  return middle(times)
}

async function medianOfReads(read: (nth: number) => Promise<void>, goesOn: () => boolean): Promise<number> {
  const times: number[] = []
  for (let nth = 0; nth < READS && goesOn(); nth++) {
    const started = performance.now()
    await read(nth)
    times.push(performance.now() - started)
  }
  return middle(times)
}

function middle(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN
}

async function counted(disk: Disk, shape: readonly number[]): Promise<DiskBackedNDArray> {
  const size = shape.reduce((product, length) => product * length, 1)
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let start = 0; start < size; start += MIB) {
      const piece = Float32Array.from({ length: Math.min(MIB, size - start) }, (_, i) => (start + i) % 1000)
      yield new Uint8Array(piece.buffer)
    }
  }
  return disk.array(pieces(), { shape, dtype: 'float32' })
}
