// What page and storage service agree on about operators: what is computed, over what, and what comes back. Types only.
import type { DType } from './core/dtype.js'
import type { ViewLayout } from './core/layout.js'
import type { Node } from './core/numpy/expression.js'
import type { AccumulateName } from './core/numpy/reduce/accumulate.js'
import type { HistogramOptions } from './core/numpy/reduce/bins.js'
import type { PercentileOptions } from './core/numpy/reduce/percentile.js'
import type { ReductionOptions } from './core/numpy/reduce/plan.js'
import type { ReductionName } from './core/numpy/reduce/types.js'

/**
 * What an operator reads, seen in `layout`: an array on disk in C order, while it is of shape `base`; or elements that come
 * along. Sums follow the layout as NumPy's do.
 */
export type OperandSource =
  | { readonly incarnation: number; readonly base: readonly number[]; readonly layout: ViewLayout }
  | { readonly bytes: Uint8Array; readonly layout: ViewLayout }

/** What is made of expressions; options and results are those of NumPy's function. */
export type Computation =
  /** The value of every root; they are of one shape. */
  | { readonly kind: 'elementwise' }
  | { readonly kind: 'reduce'; readonly name: ReductionName; readonly options: ReductionOptions }
  | {
      readonly kind: 'accumulate'
      readonly name: AccumulateName
      readonly options: { readonly axis?: number | undefined; readonly dtype?: DType | undefined }
    }
  /** Two results: counts, int64, and edges, float64. */
  | { readonly kind: 'histogram'; readonly options: HistogramOptions }
  | { readonly kind: 'percentile'; readonly q: number | readonly number[]; readonly options: PercentileOptions }
  /** Of two roots. */
  | { readonly kind: 'matmul'; readonly options: { readonly dtype?: DType | undefined } }

export interface Evaluation {
  readonly computation: Computation
  readonly roots: readonly Node[]
  /** By the index of the leaves. */
  readonly sources: readonly OperandSource[]
  /** Elements computed at a time, for tests; no result depends on it. */
  readonly tile?: number | undefined
}

/** A result in memory: C order, in the buffer that comes with it. */
export interface EvaluatedArray {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** In bytes. */
  readonly offset: number
}
