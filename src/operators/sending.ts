// Operands on their way to the service that computes: a reference where they are on its disk, small ones with the call, large
// ones put on the disk for the time of the work.
import { blockSelections, DEFAULT_BLOCK_BYTES } from '../block-selections.js'
import type { WorkOptions } from '../call.js'
import { LazyDiskCacheConfig } from '../config.js'
import { DTYPES, type DType } from '../core/dtype.js'
import type { ViewLayout } from '../core/layout.js'
import { NDArray } from '../core/ndarray.js'
import { tileReader } from '../core/numpy/tiles.js'
import { resolveSelection } from '../core/selection.js'
import { sizeOf } from '../core/shape.js'
import { bytesOf } from '../core/typed-array.js'
import { selectedLayout } from '../core/view-layout.js'
import { Custody } from '../custody.js'
import type { OperandSource } from '../evaluation.js'
import { placeOnDisk } from '../keeping.js'
import type { Occupant } from '../live.js'
import { BLOCK_BYTES } from '../protocol.js'
import { readLayouts } from '../reading.js'
import type { Residency } from '../residency.js'
import type { Session } from '../session.js'
import { writeStream } from '../transfer.js'
import { reporter, signalOnly } from '../work-options.js'
import { inMemory } from './elements.js'
import type { KeptSource, Source } from './leaves.js'
import { packed } from './packing.js'

/** The operands of one call. What was put on disk for it is there until `end`. */
export class Sending {
  readonly #home: Session
  /** The service reports progress; what comes before it is no part of that. */
  readonly #work: WorkOptions
  readonly #begin: () => void
  readonly #staged: Custody[] = []

  constructor(home: Session, work: WorkOptions) {
    this.#home = home
    this.#work = signalOnly(work)
    const report = reporter(work, undefined)
    this.#begin = () => report(0)
  }

  /** In the operand's turn. Errors: StaleArrayError, QuotaExceededError, those of reading, the signal's reason. */
  async source(source: Source): Promise<OperandSource> {
    const array = inMemory(source, this.#home)
    if (array !== undefined) return this.#fromMemory(array)
    const { custody, base, layout } = source as KeptSource // arrays in memory are in memory
    const residency = custody.residency as Residency // what is not in memory is on disk
    if (residency.session === this.#home) return { incarnation: residency.meta.incarnation, base, layout }
    return this.#fromElsewhere(residency, source as KeptSource)
  }

  /** Lets go of what was put on disk. Never rejects: at the latest it goes with the page. */
  async end(): Promise<void> {
    for (const { residency, occupant } of this.#staged) await residency?.detach(occupant).catch(() => undefined)
  }

  #fromMemory({ data, dtype, shape, strides, offset }: NDArray): OperandSource | Promise<OperandSource> {
    const { elements, layout } = packed({ shape, strides, offset }, DTYPES[dtype].itemsize)
    const array = NDArray.fromParts({ data, dtype, ...elements })
    // A copy: what is sent may be sent again, and may be written to meanwhile.
    if (array.nbytes <= BLOCK_BYTES) return { bytes: bytesOf(array.toArray()), layout }
    return this.#stage(dtype, array.shape, layout, piecesOf(array))
  }

  async #fromElsewhere(residency: Residency, { base, dtype, layout: seen }: KeptSource): Promise<OperandSource> {
    const { itemsize } = DTYPES[dtype]
    const { elements, layout } = packed(seen, itemsize)
    const read = async (part: ViewLayout) => {
      const [array] = await readLayouts(residency, dtype, { base, layouts: [part] }, this.#work)
      return bytesOf((array as NDArray).data) // one layout, one array
    }
    if (sizeOf(elements.shape) * itemsize <= BLOCK_BYTES) return { bytes: await read(elements), layout }
    async function* pieces() {
      for (const selection of blockSelections(elements.shape, itemsize, DEFAULT_BLOCK_BYTES)) {
        yield await read(selectedLayout(resolveSelection(selection, elements.shape), elements))
      }
    }
    return this.#stage(dtype, elements.shape, layout, pieces())
  }

  async #stage(
    dtype: DType,
    shape: readonly number[],
    layout: ViewLayout,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<OperandSource> {
    if (this.#staged.length === 0) this.#begin()
    const occupant = new StagedOperand()
    const custody = new Custody(occupant, occupant)
    custody.configure(new LazyDiskCacheConfig({ enableCaching: true }), this.#home)
    const nbytes = sizeOf(shape) * DTYPES[dtype].itemsize
    const plan = { shape, dtype, attributes: {}, overwrite: true }
    const { meta } = await placeOnDisk(custody, this.#home, plan, (create) =>
      writeStream(this.#home, { create }, pieces, nbytes, this.#work),
    )
    this.#staged.push(custody)
    return { incarnation: meta.incarnation, base: shape, layout }
  }
}

/** Holds an array on disk that no object of the user's stands for. */
class StagedOperand implements Occupant {
  readonly keepsBuffer = false
  describeBuffer(): never {
    throw new TypeError('a staged operand is not in memory')
  }
  setBuffer(): void {}
  dropBuffer(): void {}
  describeExtra(): undefined {}
  onLoad(): void {}
  onOffload(): void {}
}

/** The array's bytes in C order, a piece at a time. */
async function* piecesOf(array: NDArray): AsyncGenerator<Uint8Array, void, undefined> {
  const count = DEFAULT_BLOCK_BYTES / DTYPES[array.dtype].itemsize
  const reader = tileReader(array, count)
  for (let start = 0; start < array.size; start += count) {
    yield bytesOf(reader.read(start, Math.min(count, array.size - start)))
  }
}
