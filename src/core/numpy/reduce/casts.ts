// Elements cast on their way into a fold, a bounded number at a time.
import { castInto } from '../../cast.js'
import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import { allocate } from '../../typed-array.js'
import { reductionsOf } from '../simd/current.js'

/** Elements that are cast at a time. */
export const CAST_STEP = 4096

/** Casts up to CAST_STEP elements, through as many dtypes as there are. */
export class CastChain {
  readonly #from: DType
  readonly #steps: readonly { readonly to: DType; readonly scratch: TypedArray }[]

  constructor(from: DType, casts: readonly DType[]) {
    this.#from = from
    this.#steps = casts
      .filter((to, index) => to !== (index === 0 ? from : casts[index - 1]))
      .map((to) => ({ to, scratch: allocate(to, CAST_STEP) }))
  }

  /** Whether there is nothing to cast. */
  get isEmpty(): boolean {
    return this.#steps.length === 0
  }

  /** `n` elements from x[start] on; the memory is used again by the next call. */
  cast(x: TypedArray, start: number, n: number): TypedArray {
    let data = part(x, this.#from, start, n)
    let dtype = this.#from
    for (const { to, scratch } of this.#steps) {
      const faster = reductionsOf(data)?.cast(dtype, to, data, n)
      const target = faster ?? part(scratch, to, 0, n)
      if (faster === undefined) castInto(target, to, data, dtype)
      data = target
      dtype = to
    }
    return data
  }
}

function part(x: TypedArray, dtype: DType, start: number, n: number): TypedArray {
  const { width } = DTYPES[dtype]
  return x.subarray(start * width, (start + n) * width)
}
