// The floor: what a hand-written worker with one open file does, without catalog, checksums, commits or several arrays.
import type { BenchData, ByteRange, Floats } from '../data.js'
import type { Contender, Trial } from '../trial.js'
import { trial } from '../trial.js'
import type { FloorAnswer, FloorRequest } from './floor-protocol.js'

const PIECE_BYTES = 4 * 2 ** 20
const PIECES_IN_FLIGHT = 3

export function floor(data: BenchData): Contender {
  const file = new FloorFile()
  return {
    name: 'hand-written worker',
    role: 'floor',
    open: () => file.open(),
    trials: () => [...writeTrials(file, data), ...readTrials(file, data), ...sliceTrials(file, data)],
    close: () => file.close(),
  }
}

function writeTrials(file: FloorFile, data: BenchData): Trial[] {
  const byteLength = data.plan.largeBytes
  const how = 'copied in 4 MiB pieces to recycled buffers'
  const run = () => file.writePieces(bytesOf(data.large))
  const check = async () => {
    const { bytes } = await file.ask({ kind: 'read', at: 0, into: new Uint8Array(byteLength) })
    data.checkLarge(floatsOf(bytes))
  }
  const given = { byteLength, run: () => file.ask({ kind: 'write', at: 0, bytes: file.takeSpare() }) }
  const prepareGiven = () => {
    data.change()
    file.spare = bytesOf(data.large.slice())
  }
  const keep = ({ bytes }: FloorAnswer) => {
    file.spare = bytes
  }
  const clock = ({ milliseconds }: FloorAnswer) => milliseconds
  return [
    trial({ workload: 'put-new', how: `${how}; the file grows`, byteLength, prepare: () => file.empty(), run, check }),
    trial({ workload: 'put-over', how: `${how}; in place`, byteLength, prepare: () => data.change(), run, check }),
    trial({ ...given, workload: 'put-give', how: 'transfer, write in place', prepare: prepareGiven, check }),
    trial({
      ...given,
      workload: 'put-give',
      how: 'the write alone, in the worker',
      prepare: prepareGiven,
      clock,
      check: keep,
    }),
  ]
}

function readTrials(file: FloorFile, data: BenchData): Trial[] {
  const byteLength = data.plan.largeBytes
  const check = ({ bytes }: FloorAnswer) => {
    data.checkLarge(floatsOf(bytes))
    file.spare = bytes
  }
  const fresh = () => file.ask({ kind: 'read', at: 0, into: new Uint8Array(byteLength) })
  const reused = () => file.ask({ kind: 'read', at: 0, into: file.takeSpare() })
  const clock = ({ milliseconds }: FloorAnswer) => milliseconds
  return [
    trial({ workload: 'get', how: 'read into a fresh buffer', byteLength, run: fresh, check }),
    trial({ workload: 'get', how: 'read into the last buffer, transferred both ways', byteLength, run: reused, check }),
    trial({ workload: 'get', how: 'that read alone, in the worker', byteLength, run: reused, clock, check }),
  ]
}

function sliceTrials(file: FloorFile, data: BenchData): Trial[] {
  const { sliceCount, sliceBytes } = data.plan
  const common = { byteLength: sliceBytes, operations: sliceCount }
  let ranges: ByteRange[] = []
  const prepare = () => {
    ranges = data.ranges(sliceCount)
  }
  const single = async () => {
    const found: Float32Array[] = []
    for (const { offset, length } of ranges) {
      found.push(floatsOf((await file.ask({ kind: 'read', at: offset, into: new Uint8Array(length) })).bytes))
    }
    return found
  }
  const many = async () => {
    const all = floatsOf((await file.ask({ kind: 'read-many', ranges })).bytes)
    return ranges.map((_, index) => all.subarray((index * sliceBytes) / 4, ((index + 1) * sliceBytes) / 4))
  }
  const check = (found: Float32Array[]) => data.checkSlices(found, ranges)
  return [
    trial({ ...common, workload: 'slice-single', how: 'one message each', prepare, run: single, check }),
    trial({ ...common, workload: 'slice-many', how: 'one message for all', prepare, run: many, check }),
  ]
}

/** The page's end of the worker. Answers come in the order of the requests. */
export class FloorFile {
  /** A buffer of the large array's size that the page has and the worker does not. */
  spare: Uint8Array<ArrayBuffer> | undefined
  readonly #pieces: Uint8Array<ArrayBuffer>[] = []
  readonly #waiting: ((answer: FloorAnswer) => void)[] = []
  #worker: Worker | undefined

  async open(): Promise<void> {
    this.#worker?.terminate()
    this.#waiting.length = 0
    const worker = new Worker(new URL('./floor-worker.ts', import.meta.url), { type: 'module' })
    await new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }))
    worker.addEventListener('message', ({ data }: MessageEvent<FloorAnswer>) => this.#waiting.shift()?.(data))
    this.#worker = worker
  }

  ask(request: FloorRequest): Promise<FloorAnswer> {
    const moved =
      request.kind === 'write' ? [request.bytes.buffer] : request.kind === 'read' ? [request.into.buffer] : []
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#worker?.postMessage(request, moved)
    })
  }

  async writePieces(bytes: Uint8Array): Promise<void> {
    const pending: Promise<unknown>[] = []
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      if (pending.length === PIECES_IN_FLIGHT) await pending.shift()
      pending.push(this.#writePiece(bytes.subarray(at, at + PIECE_BYTES), at))
    }
    await Promise.all(pending)
  }

  async #writePiece(source: Uint8Array, at: number): Promise<void> {
    const piece = this.#pieces.pop() ?? new Uint8Array(PIECE_BYTES)
    piece.set(source)
    const { bytes } = await this.ask({ kind: 'write', at, bytes: piece.subarray(0, source.length) })
    this.#pieces.push(new Uint8Array(bytes.buffer))
  }

  takeSpare(): Uint8Array<ArrayBuffer> {
    const spare = this.spare
    if (spare === undefined) throw new Error('no buffer was given back')
    this.spare = undefined
    return spare
  }

  async empty(): Promise<void> {
    await this.ask({ kind: 'truncate', size: 0 })
  }

  async close(): Promise<void> {
    await this.ask({ kind: 'close' })
    this.#worker?.terminate()
  }
}

function bytesOf(data: Floats): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function floatsOf(bytes: Uint8Array<ArrayBuffer>): Floats {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}
