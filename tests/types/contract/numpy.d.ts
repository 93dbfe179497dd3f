// The public signatures of lazy-disk-cache/numpy as they were agreed on; functions as types.
import type { ArrayView, DiskBackedNDArray, DType, NDArray, Scalar, WorkOptions } from '../../../src/index.js'
import type * as library from '../../../src/numpy.js'
import type { LazyArray } from '../../../src/numpy.js'
import type { Complex } from './lazy-disk-cache.js'

export interface WeakOrStrongScalar {
  readonly kind: DType | 'int' | 'float' | 'bool' | 'complex'
}
export type Operand =
  | number
  | bigint
  | boolean
  | Complex
  | library.WeakOrStrongScalar
  | NDArray
  | DiskBackedNDArray
  | ArrayView
export type Out = NDArray | DiskBackedNDArray
export interface ReduceOptions extends WorkOptions {
  axis?: number | readonly number[] | null
  keepdims?: boolean
  dtype?: DType
  out?: Out
  ddof?: number
}

export interface LazyArrayMembers<D extends DType> {
  readonly shape: readonly number[]
  readonly dtype: D
  evaluate: (o?: WorkOptions & { out?: Out }) => Promise<NDArray<D>>
}

export type Plain2 = (a: Operand, b: Operand, o?: WorkOptions & { dtype?: DType }) => Promise<NDArray>
export type Out2 = <O extends Out>(a: Operand, b: Operand, o: WorkOptions & { out: O }) => Promise<O>
export type Lazy2 = (a: LazyArray, b: Operand | LazyArray) => LazyArray
export type Plain1 = (a: Operand, o?: WorkOptions & { dtype?: DType }) => Promise<NDArray>
export type Out1 = <O extends Out>(a: Operand, o: WorkOptions & { out: O }) => Promise<O>
export type Lazy1 = (a: LazyArray) => LazyArray
export type divmod = (
  a: Operand,
  b: Operand,
  o?: WorkOptions & { out?: readonly [Out, Out] },
) => Promise<[NDArray, NDArray]>
export type Reduction = (a: Operand, o?: ReduceOptions) => Promise<Scalar<DType> | NDArray>
export type accumulate = (
  op: 'add' | 'multiply' | 'minimum' | 'maximum',
  a: Operand,
  o?: WorkOptions & { axis?: number; dtype?: DType; out?: Out },
) => Promise<NDArray>
export type where = (condition: Operand, x: Operand, y: Operand, o?: WorkOptions & { out?: Out }) => Promise<NDArray>
export type clip = (
  a: Operand,
  min: Operand | null,
  max: Operand | null,
  o?: WorkOptions & { out?: Out },
) => Promise<NDArray>
export type round = (a: Operand, o?: WorkOptions & { decimals?: number; out?: Out }) => Promise<NDArray>
export type histogram = (
  a: Operand,
  o?: WorkOptions & { bins?: number | readonly number[]; range?: readonly [number, number] },
) => Promise<{ counts: NDArray<'int64'>; edges: NDArray<'float64'> }>
export type percentile = (
  a: Operand,
  q: number | readonly number[],
  o?: WorkOptions & {
    axis?: number | readonly number[] | null
    keepdims?: boolean
    method?: 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest'
  },
) => Promise<number | NDArray>
export type scalar = (
  value: number | bigint | boolean | Complex,
  kind: DType | 'int' | 'float' | 'bool' | 'complex',
) => library.WeakOrStrongScalar
export type lazy = <D extends DType>(a: NDArray<D> | DiskBackedNDArray<D> | ArrayView<D>) => LazyArray<D>
