// Accumulations: what a reduction along one axis has at every element. Source: numpy.ufunc.accumulate.
import { castInto } from '../../cast.js'
import type { DType, TypedArray } from '../../dtype.js'
import { sizeOf } from '../../shape.js'
import { allocate } from '../../typed-array.js'
import { reducedAxes } from './axes.js'
import { CAST_STEP, CastChain } from './casts.js'
import type { AccumulationKernel, Fold } from './fold.js'
import { ADD } from './kernels/accumulate-add.generated.js'
import { MAXIMUM } from './kernels/accumulate-maximum.generated.js'
import { MINIMUM } from './kernels/accumulate-minimum.generated.js'
import { MULTIPLY } from './kernels/accumulate-multiply.generated.js'
import { Odometer } from './odometer.js'
import type { ReducedInput } from './plan.js'
import { type AccumulateOptions, resolveAccumulate } from './results.js'
import { groupsOf } from './walk.js'

/** Which operator runs along the axis. */
export type AccumulateName = 'add' | 'multiply' | 'minimum' | 'maximum'

const TABLES: Readonly<Record<AccumulateName, Readonly<Partial<Record<DType, AccumulationKernel>>>>> = {
  add: ADD,
  multiply: MULTIPLY,
  minimum: MINIMUM,
  maximum: MAXIMUM,
}

/** On bool, `add` is or and `multiply` is and. */
const ON_BOOL = { add: 'maximum', multiply: 'minimum', minimum: 'minimum', maximum: 'maximum' } as const

/** Takes tiles of any size in C order and gives a tile of results for each. State is O(elements / length of the axis). */
export interface Accumulator {
  /** The dtype of the tiles. */
  readonly dtype: DType
  /** The dtype of the results. */
  readonly out: DType
  /** The results for the next `n` elements, into the first of `into`, of dtype `out`. */
  push(tile: TypedArray, n: number, into: TypedArray): void
}

/** Errors: as resolveAccumulate. */
export function planAccumulate(
  name: AccumulateName,
  input: ReducedInput,
  options: AccumulateOptions = {},
): Accumulator {
  const { axis, out } = resolveAccumulate(name, input, options)
  const kernel = TABLES[out === 'bool' ? ON_BOOL[name] : name][out === 'bool' ? 'uint8' : out]
  if (kernel === undefined) throw new TypeError(`no loop for ${out}`)
  return new KernelAccumulator(kernel, input.shape, axis, input.dtype, out)
}

class KernelAccumulator implements Accumulator, Fold {
  readonly dtype: DType
  readonly out: DType
  readonly casts: readonly DType[]
  readonly #kernel: AccumulationKernel
  readonly #chain: CastChain
  readonly #walk: Odometer
  readonly #acc: TypedArray
  /** float16 is computed as float32: where its results are until they are cast. */
  readonly #results: TypedArray | undefined
  #into: TypedArray
  /** How far `#into` is from the elements that are walked. */
  #shift = 0

  constructor(kernel: AccumulationKernel, shape: readonly number[], axis: number, dtype: DType, out: DType) {
    this.dtype = dtype
    this.out = out
    this.casts = out === 'float16' ? ['float16', 'float32'] : [out]
    this.#kernel = kernel
    this.#chain = new CastChain(dtype, this.casts)
    const order = shape.map((_, index) => index)
    this.#walk = new Odometer(groupsOf(reducedAxes(shape, axis), order))
    const held = out === 'float16' ? 'float32' : out
    this.#acc = allocate(held, sizeOf(shape.filter((_, index) => index !== axis)))
    this.#results = held === out ? undefined : allocate(held, CAST_STEP)
    this.#into = this.#acc
  }

  push(tile: TypedArray, n: number, into: TypedArray): void {
    const step = this.#chain.isEmpty ? n : CAST_STEP
    for (let start = 0; start < n; start += step) {
      const count = Math.min(step, n - start)
      const x = this.#chain.isEmpty ? tile : this.#chain.cast(tile, start, count)
      this.#into = this.#results ?? into
      this.#shift = this.#results === undefined ? start : 0
      this.#walk.feed(this, x, count)
      if (this.#results !== undefined) {
        castInto(into.subarray(start, start + count), this.out, this.#results.subarray(0, count), 'float32')
      }
    }
  }

  run(x: TypedArray, start: number, n: number, at: number, place: number): void {
    this.#kernel.run(x, start, n, this.#acc, at, this.#into, this.#shift + start, place === 0)
  }

  rows(x: TypedArray, start: number, n: number, at: number, place: number): void {
    this.#kernel.rows(x, start, n, this.#acc, at, this.#into, this.#shift + start, place === 0)
  }
}
