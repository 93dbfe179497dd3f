// Element-wise expressions, out of core: a run of whole blocks after the other, some of them in another thread.
import { DTYPES, type TypedArray } from '../../core/dtype.js'
import { cast, type Node } from '../../core/numpy/expression.js'
import { sizeOf } from '../../core/shape.js'
import { bytesOf, partOf } from '../../core/typed-array.js'
import { BLOCK_BYTES } from '../../protocol.js'
import { checksums } from '../checksum.js'
import type { DataFiles } from '../data-files.js'
import type { Work } from '../work.js'
import { Deliveries, type Delivery, ordersFrom, type Run, RunsLeft } from './deliveries.js'
import { type Computing, Expressions, type ExpressionsReader } from './expressions.js'
import { Grain } from './grain.js'
import { begin, type Job } from './job.js'
import type { Sink } from './results.js'
import { type ElementsShare, FEWEST_SHARED_BYTES } from './sharing.js'
import type { Lease } from './tile-memory.js'
import { wholeWalk } from './walk.js'

/** Read and made in a run of two blocks: longer ones are shared badly, and with another thread the results of three more are in memory. */
const MOST_PAIRED_BYTES = 8 * BLOCK_BYTES

/** Errors: those of reading, DTypeError (integers to negative powers), QuotaExceededError. */
export async function elementwise(job: Job): Promise<void> {
  const { roots, computing, results, work } = job
  begin(job)
  const sinks = await results.open(roots)
  const size = sizeOf(roots[0]?.shape ?? [])
  if (size === 0) return
  const casts = roots.map((root, i) => cast(root, sinks[i]?.dtype ?? root.dtype))
  const length = runLength(casts, job.expressions.bytesPerElement)
  const left = new RunsLeft(size, length)
  const runs = new Runs(casts, computing, Math.min(size, length), work)
  const deliveries = deliveriesTo(sinks, casts, job, { left, length })
  try {
    await all(left, runs, sinks, deliveries, work)
  } finally {
    await deliveries?.end()
  }
}

async function all(
  left: RunsLeft,
  runs: Runs,
  sinks: readonly Sink[],
  deliveries: Deliveries | undefined,
  work: Work,
): Promise<void> {
  for (;;) {
    deliveries?.order()
    const delivery = deliveries?.take()
    const run = delivery === undefined ? (left.take() ?? lateRun(deliveries)) : undefined
    if (delivery !== undefined) {
      sinks.forEach((sink, i) => {
        sink.put(delivery.start, new Uint8Array(delivery.buffers[i] as ArrayBuffer), delivery.checksums[i])
      })
      deliveries?.done(delivery)
      work.advance(delivery.count * runs.bytesPerElement)
    } else if (run !== undefined) {
      const made = await runs.compute(run.start, run.count)
      sinks.forEach((sink, i) => {
        sink.put(run.start, made[i] as Uint8Array)
      })
    } else if (deliveries !== undefined && deliveries.underWay > 0) await deliveries.change()
    else return
    if (deliveries !== undefined && deliveries.underWay > 0) await work.pause() // which lets them come
  }
}

/** What the other thread has not begun with while this one has nothing left. */
function lateRun(deliveries: Deliveries | undefined): Run | undefined {
  return deliveries !== undefined && deliveries.underWay > 1 ? deliveries.takeBack() : undefined
}

/** What another thread delivers, where it is worth having one. */
function deliveriesTo(
  sinks: readonly Sink[],
  casts: readonly Node[],
  { computing, second, expressions }: Job,
  { left, length }: { readonly left: RunsLeft; readonly length: number },
): Deliveries | undefined {
  const size = sizeOf(expressions.shape)
  const isMuch = size * (expressions.bytesPerElement + bytesOfAll(casts)) >= FEWEST_SHARED_BYTES
  if (second === undefined || !isMuch || !expressions.isInOrder) return undefined
  const areSummed = sinks.map(({ isSummed }) => isSummed)
  const share = { roots: casts, operands: computing.operands, areSummed, length }
  return new Deliveries(second, share, left, () => casts.map((root) => new ArrayBuffer(length * itemsize(root))))
}

/** What a second thread does: see SecondThread. */
export async function computeRuns(
  data: DataFiles,
  { roots, operands, areSummed, length }: ElementsShare,
  port: MessagePort,
  lease: Lease,
  work: Work,
): Promise<void> {
  const computing = { data, steps: work.uncounted, grain: new Grain(), operands, lease }
  const runs = new Runs(roots, computing, length, work)
  for await (const order of ordersFrom(port, () => work.abort())) {
    const made = await runs.compute(order.start, order.count)
    const sums = made.map((bytes, i) => (areSummed[i] ? checksums(bytes, blocksIn(bytes)) : undefined))
    made.forEach((bytes, i) => {
      new Uint8Array(order.buffers[i] as ArrayBuffer).set(bytes)
    })
    port.postMessage({ ...order, checksums: sums } satisfies Delivery, [...order.buffers])
  }
}

/** The elements of expressions, computed in runs. */
class Runs {
  readonly bytesPerElement: number
  readonly #reader: ExpressionsReader
  readonly #length: number
  readonly #outs: readonly TypedArray[]
  readonly #bytes: readonly Uint8Array[]
  readonly #widths: readonly number[]
  readonly #work: Work

  constructor(roots: readonly Node[], computing: Computing, length: number, work: Work) {
    const expressions = new Expressions(roots, computing)
    this.bytesPerElement = expressions.bytesPerElement
    this.#reader = expressions.over(wholeWalk(expressions.shape))
    this.#length = length
    this.#outs = roots.map(({ dtype }) => computing.lease.room(dtype, length))
    this.#bytes = this.#outs.map(bytesOf)
    this.#widths = roots.map(({ dtype }) => DTYPES[dtype].width)
    this.#work = work
  }

  /** The elements of each expression; good until the next call. */
  async compute(start: number, count: number): Promise<Uint8Array[]> {
    const { tile } = this.#reader
    for (let from = 0; from < count; from += tile) {
      const to = Math.min(from + tile, count)
      await this.#reader.compute(start + from, to - from, this.#part(from, to))
      if (this.#work.advance((to - from) * this.bytesPerElement)) await this.#work.pause()
    }
    return this.#bytes.map((bytes) => partOf(bytes, 0, (count * bytes.byteLength) / this.#length))
  }

  #part(from: number, to: number): TypedArray[] {
    return this.#outs.map((out, i) => {
      const width = this.#widths[i] as number
      return partOf(out, from * width, (to - from) * width)
    })
  }
}

/** Whole blocks of every result, two or more where that is not much: checksums are made of two at a time. */
function runLength(roots: readonly Node[], bytesPerElement: number): number {
  const least = BLOCK_BYTES / Math.min(...roots.map(itemsize))
  return 2 * least * (bytesPerElement + bytesOfAll(roots)) <= MOST_PAIRED_BYTES ? 2 * least : least
}

function bytesOfAll(roots: readonly Node[]): number {
  return roots.reduce((sum, root) => sum + itemsize(root), 0)
}

function itemsize({ dtype }: Node): number {
  return DTYPES[dtype].itemsize
}

/** The lengths of the blocks in a run of full length. */
function blocksIn({ byteLength }: Uint8Array): number[] {
  return Array.from({ length: byteLength / BLOCK_BYTES }, () => BLOCK_BYTES)
}
