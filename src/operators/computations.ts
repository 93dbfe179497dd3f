// The functions that are more than expressions: reductions, accumulations, histograms, percentiles, matrix products.

import type { WorkOptions } from '../call.js'
import { checkDType, type DType } from '../core/dtype.js'
import type { NDArray } from '../core/ndarray.js'
import { type ArrayType, checkOutDType } from '../core/numpy/out.js'
import type { AccumulateName } from '../core/numpy/reduce/accumulate.js'
import { checkHistogram, type HistogramOptions } from '../core/numpy/reduce/bins.js'
import { checkMatmulOut, planMatmul } from '../core/numpy/reduce/matmul-plan.js'
import { checkAccumulateOut, checkOutShape } from '../core/numpy/reduce/out-shape.js'
import {
  accumulationWithOut,
  checkedAxesOf,
  isScalarResult,
  loopWithOut,
  percentileRequest,
  REDUCTION_UFUNC,
  reductionDType,
  resolveAccumulate,
  scalarOf,
} from '../core/numpy/reduce/results.js'
import type { ReductionName } from '../core/numpy/reduce/types.js'
import { workOptions } from '../work-options.js'
import { arrayNodeOf } from './leaves.js'
import { type ComputingName, REDUCTIONS } from './names.js'
import type { Operation } from './operation.js'
import { readOut } from './outs.js'
import type { AccumulateOptions, PercentileOptions, ReduceOptions, UfuncOptions } from './types.js'

interface Builder {
  /** Arguments before the options. */
  readonly arity: number
  /** Errors: DTypeError and ShapeError with NumPy's words, TypeError for what is no operand. */
  build(given: readonly unknown[], options: object): Operation
}

export const COMPUTATIONS: Readonly<Record<ComputingName, Builder>> = {
  ...reductions(),
  accumulate: {
    arity: 2,
    build: ([name, a], options) => accumulate(name as AccumulateName, a, options), // checked there
  },
  histogram: { arity: 1, build: ([a], options) => histogram(a, options) },
  percentile: {
    arity: 2,
    build: ([a, q], options) => percentile(a, q as number | readonly number[], options),
  },
  matmul: { arity: 2, build: ([a, b], options) => matmul(a, b, options) },
}

function reductions(): Record<ReductionName, Builder> {
  const entries = REDUCTIONS.map((name): [ReductionName, Builder] => [
    name,
    { arity: 1, build: ([a], options) => reduction(name, a, options) },
  ])
  return Object.fromEntries(entries) as Record<ReductionName, Builder> // an entry for every name
}

function reduction(name: ReductionName, a: unknown, options: ReduceOptions): Operation {
  const { axis, keepdims, ddof } = options
  const root = arrayNodeOf(a)
  const outs = readOut(options.out)
  const [out] = outs
  const dtype = checkedDType(options.dtype) ?? (out && loopWithOut(name, root.dtype, out.dtype))
  const axes = checkedAxesOf(name, root.shape, options)
  const result = { shape: axes.resultShape, dtype: reductionDType(name, root.dtype, dtype) }
  if (out !== undefined) {
    checkOutShape(out.shape, REDUCTION_UFUNC[name], axes)
    checkOutDType(out.dtype, result.dtype, REDUCTION_UFUNC[name])
  }
  const isScalar = out === undefined && isScalarResult(options)
  return {
    computation: { kind: 'reduce', name, options: { axis, keepdims, dtype, ddof } },
    roots: [root],
    results: [result],
    outs,
    ufunc: REDUCTION_UFUNC[name],
    work: workOptions(options),
    give: ([value]) => (isScalar ? scalarOf(name, value as NDArray) : value), // without `out`
  }
}

function accumulate(
  name: AccumulateName,
  a: unknown,
  options: AccumulateOptions & { readonly out?: unknown },
): Operation {
  const root = arrayNodeOf(a)
  const outs = readOut(options.out)
  const [out] = outs
  const asked = checkedDType(options.dtype) ?? (out && accumulationWithOut(name, root.dtype, out.dtype))
  const { axis, out: dtype } = resolveAccumulate(name, root, { axis: options.axis, dtype: asked })
  const result = { shape: root.shape, dtype }
  if (out !== undefined) checkAccumulateOut(out, result, name)
  return {
    computation: { kind: 'accumulate', name, options: { axis, dtype } },
    roots: [root],
    results: [result],
    outs,
    ufunc: name,
    work: workOptions(options),
    give: ([value]) => value,
  }
}

function histogram(a: unknown, options: HistogramOptions & WorkOptions): Operation {
  const root = arrayNodeOf(a)
  const bins = typeof options.bins === 'object' ? Array.from(options.bins) : options.bins
  const { range } = options
  const count = checkHistogram(root.dtype, { bins, range })
  const results: ArrayType[] = [
    { shape: [count], dtype: 'int64' },
    { shape: [typeof bins === 'object' ? bins.length : count + 1], dtype: 'float64' },
  ]
  return {
    computation: { kind: 'histogram', options: { bins, range } },
    roots: [root],
    results,
    outs: [],
    ufunc: 'histogram',
    work: workOptions(options),
    give: ([counts, edges]) => ({ counts, edges }),
  }
}

function percentile(a: unknown, q: number | readonly number[], options: PercentileOptions): Operation {
  const { axis, keepdims, method } = options
  const root = arrayNodeOf(a)
  const { shape, dtype } = percentileRequest(root, q, { axis, keepdims, method })
  const isScalar = typeof q === 'number' && isScalarResult(options)
  return {
    computation: { kind: 'percentile', q, options: { axis, keepdims, method } },
    roots: [root],
    results: [{ shape, dtype }],
    outs: [],
    ufunc: 'percentile',
    work: workOptions(options),
    give: ([value]) => (isScalar ? Number((value as NDArray).item()) : value), // there is no `out`
  }
}

function matmul(a: unknown, b: unknown, options: UfuncOptions & { readonly out?: unknown }): Operation {
  const roots = [arrayNodeOf(a), arrayNodeOf(b)] as const
  const outs = readOut(options.out)
  const [out] = outs
  const dtype = checkedDType(options.dtype)
  const plan = planMatmul(...roots, { dtype })
  if (out !== undefined) {
    checkMatmulOut(out.shape, plan)
    checkOutDType(out.dtype, plan.dtype, 'matmul')
  }
  return {
    computation: { kind: 'matmul', options: { dtype } },
    roots,
    results: [{ shape: plan.shape, dtype: plan.dtype }],
    outs,
    ufunc: 'matmul',
    work: workOptions(options),
    give: ([value]) => value,
  }
}

function checkedDType(dtype: DType | undefined): DType | undefined {
  return dtype === undefined ? undefined : checkDType(dtype)
}
