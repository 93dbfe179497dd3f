// Measures the same work on an array in memory and on disk, one after the other.
import { type ArrayView, type Disk, slice, type WorkOptions } from '../src/index.js'
import { histogram, lazy, mean, std } from '../src/numpy.js'
import type { Numbers } from './in-memory-work.js'
import type { Work } from './in-memory-worker.js'
import type { Library } from './library.js'
import type { Raster } from './raster.js'

export interface Row {
  readonly work: string
  readonly memory: number
  readonly disk: number
  readonly unit: 'ms' | 'bytes'
}

const TILES = 200
const BINS = 96
const LOOK_MILLISECONDS = 20
/** At most, in the storage worker, which no page can see: the library's tests hold operators to it. Bytes. */
const OPERATORS_TAKE = 64 << 20

/**
 * Tells each row as it is measured. `rows`: how many of the array's first rows are worked on. What is told of memory: on the
 * one side the array and its result, on the other what operators take and the most that the disk's budget counted.
 */
export async function compare(
  library: Library,
  raster: Raster,
  rows: number,
  onRow: (row: Row) => void,
  { signal, onProgress }: Required<WorkOptions>,
): Promise<void> {
  const part = raster.array.view([slice(0, rows)])
  const work = workOn(raster, rows)
  const selections = work.corners.map(([row, col]) => [slice(row, row + work.edge), slice(col, col + work.edge)])
  const memory = new InMemory(signal)
  const peak = watchMemory(library.disk)
  const reporting = { signal, onProgress }
  try {
    const loaded = await timed(async () => memory.hold((await part.toArray(reporting)) as Numbers))
    const first = await timed(() => part.getMany(selections.slice(0, 1), { signal }))
    onRow({ work: 'Until the first tile is there', memory: loaded, disk: first, unit: 'ms' })
    const onDisk: readonly [Work['name'], string, () => Promise<unknown>][] = [
      ['tiles', `${TILES} tiles of ${work.edge} × ${work.edge}`, () => part.getMany(selections, { signal })],
      ['moments', 'Mean and standard deviation', () => momentsOnDisk(part, reporting)],
      ['binned', `Histogram of ${BINS} bins`, () => histogram(part, { bins: BINS, range: work.range, ...reporting })],
      ['scaled', 'a × 2.5 + 1, kept', () => scaledOnDisk(library, part, reporting)],
    ]
    for (const [name, label, run] of onDisk) {
      const inMemory = await memory.run({ ...work, name })
      onRow({ work: label, memory: inMemory, disk: await timed(run), unit: 'ms' })
    }
    const floats = part.size * Float32Array.BYTES_PER_ELEMENT
    onRow({
      work: 'Memory: array and result; at most',
      memory: part.nbytes + floats,
      disk: OPERATORS_TAKE + peak.bytes,
      unit: 'bytes',
    })
  } finally {
    memory.end()
    peak.end()
  }
}

async function momentsOnDisk(part: ArrayView, options: WorkOptions): Promise<void> {
  await mean(part, options)
  await std(part, options)
}

function scaledOnDisk(library: Library, part: ArrayView, options: WorkOptions): Promise<void> {
  const expression = lazy(part).astype('float32').multiply(2.5).add(1)
  return library.computeAndForget(expression, (out) => expression.evaluate({ out, ...options }))
}

function workOn({ array, range }: Raster, rows: number): Omit<Work, 'name'> {
  const [, cols = 0] = array.shape
  const edge = Math.min(256, rows, cols)
  // The same places for both, and for every run.
  const corners = Array.from(
    { length: TILES },
    (_, index) => [(index * 7919 * edge) % (rows - edge + 1), (index * 104_729 * edge) % (cols - edge + 1)] as const,
  )
  return { cols, edge, corners, bins: BINS, range }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** A worker with the array in it. */
class InMemory {
  readonly #worker = new Worker(new URL('./in-memory-worker.ts', import.meta.url), { type: 'module' })
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  hold(values: Numbers): Promise<number> {
    return this.#ask({ values }, [values.buffer])
  }

  /** Milliseconds. */
  run(work: Work): Promise<number> {
    return this.#ask(work, [])
  }

  end(): void {
    this.#worker.terminate()
  }

  #ask(message: unknown, transfer: Transferable[]): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#signal.throwIfAborted()
      this.#signal.addEventListener('abort', () => reject(this.#signal.reason), { once: true })
      this.#worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data)
      this.#worker.onerror = ({ message }) => reject(new Error(`in-memory worker: ${message}`))
      this.#worker.postMessage(message, transfer)
    })
  }
}

/** The most that the budget counted until now, beyond what it counted before. */
function watchMemory(disk: Disk): { readonly bytes: number; end(): void } {
  const before = disk.getSnapshot().residentBytes
  let most = before
  const look = () => {
    most = Math.max(most, disk.getSnapshot().residentBytes)
  }
  const timer = setInterval(look, LOOK_MILLISECONDS)
  const unsubscribe = disk.subscribe(look)
  return {
    get bytes() {
      return most - before
    },
    end: () => {
      clearInterval(timer)
      unsubscribe()
    },
  }
}
