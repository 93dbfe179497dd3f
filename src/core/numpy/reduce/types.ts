// Type resolution of reductions, as NumPy 2 has it.
import { DTYPES, type DType } from '../../dtype.js'
import { isIntegral, realPart } from '../types.js'

export type ReductionName =
  | 'sum'
  | 'prod'
  | 'mean'
  | 'std'
  | 'var'
  | 'min'
  | 'max'
  | 'argmin'
  | 'argmax'
  | 'any'
  | 'all'
  | 'countNonzero'

export interface ResolvedReduction {
  /** What the elements are cast to before anything is done with them. */
  readonly loop: DType
  /** What the result is rounded to at the end. */
  readonly out: DType
}

/** What a reduction of `dtype` computes in and gives; `dtype` of the options is NumPy's argument (sum prod mean std var). */
export function resolveReduction(
  name: ReductionName,
  dtype: DType,
  options: { readonly dtype?: DType | undefined } = {},
): ResolvedReduction {
  switch (name) {
    case 'sum':
    case 'prod': {
      const loop = options.dtype ?? widened(dtype)
      return { loop, out: loop }
    }
    case 'mean':
      return averaging(dtype, options.dtype)
    case 'std':
    case 'var': {
      const { loop, out } = averaging(dtype, options.dtype)
      return { loop, out: realPart(out) }
    }
    case 'min':
    case 'max':
      return { loop: dtype, out: dtype }
    case 'any':
    case 'all':
      return { loop: dtype, out: 'bool' }
    default:
      return { loop: dtype, out: 'int64' }
  }
}

function widened(dtype: DType): DType {
  const { kind } = DTYPES[dtype]
  if (kind === 'uint') return 'uint64'
  return kind === 'int' || kind === 'bool' ? 'int64' : dtype
}

/** float16 is summed in float32; an integer `dtype` asked for stays one. */
function averaging(dtype: DType, asked: DType | undefined): ResolvedReduction {
  if (asked !== undefined) return { loop: asked, out: asked }
  if (isIntegral(dtype)) return { loop: 'float64', out: 'float64' }
  return { loop: dtype === 'float16' ? 'float32' : dtype, out: dtype }
}
