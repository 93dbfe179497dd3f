// From a reduction's name and options to its reducer.
import { castTyped } from '../../cast.js'
import type { DType } from '../../dtype.js'
import { stridesOf } from '../../shape.js'
import { realPart } from '../types.js'
import type { AxisOption, ReducedAxes } from './axes.js'
import { DeviationFold, deviationDType } from './deviations.js'
import type { ArrayFold, FoldResult } from './fold.js'
import { argumentFold, countFold, extremeFold, productFold } from './folds.js'
import { divided, meanLoop, rooted, varianceLoop } from './moments.js'
import { FoldReducer, type Passes, type Reducer } from './reducer.js'
import { axesOf, checkedAxesOf, reductionDType } from './results.js'
import { sumFold } from './sums.js'
import { type ReductionName, resolveReduction } from './types.js'
import { piecesOf, walkOrder } from './walk.js'

/** What is reduced, as far as a plan needs to know. */
export interface ReducedInput {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** How the elements lie in memory or in their file; default C order. The walk follows them. */
  readonly strides?: readonly number[] | undefined
}

export interface ReductionOptions {
  readonly axis?: AxisOption
  readonly keepdims?: boolean | undefined
  /** sum, prod, mean, std, var: what is computed in. */
  readonly dtype?: DType | undefined
  /** std, var: taken off the number of elements. */
  readonly ddof?: number | undefined
}

/**
 * The reducer of a reduction, or of a part of the input with the same results: `part` is its shape, the reduced axes whole.
 * Errors: ShapeError with NumPy's words (axes; an empty reduction without identity),
 * DTypeError (no loop), TypeError (what is no axis).
 */
export function planReduction(
  name: ReductionName,
  input: ReducedInput,
  options: ReductionOptions = {},
  part: readonly number[] = input.shape,
): Reducer {
  const whole = checkedAxesOf(name, input.shape, options)
  reductionDType(name, input.dtype, options.dtype)
  const axes = axesOf(name, part, options)
  const isFlat = (name === 'argmin' || name === 'argmax') && axes.reduced.every(Boolean)
  const strides = input.strides ?? stridesOf(input.shape)
  const order = isFlat ? input.shape.map((_, axis) => axis) : walkOrder(input.shape, strides)
  const passes = passesOf(name, input.dtype, { axes, whole, order, strides }, options)
  return new FoldReducer(axes, whole.shape, order, input.dtype, passes)
}

/** Axes, the order they are walked in, and how the input lies. */
interface Layout {
  readonly axes: ReducedAxes
  /** Of the whole input: what is reduced in which pieces depends on it. */
  readonly whole: ReducedAxes
  readonly order: readonly number[]
  readonly strides: readonly number[]
}

function passesOf(name: ReductionName, from: DType, layout: Layout, options: ReductionOptions): Passes {
  const { outputs, count } = layout.axes
  const { loop } = resolveReduction(name, from, options)
  switch (name) {
    case 'sum':
      if (loop === 'bool') return onePass(countFold('any', from, outputs, count))
      return onePass(sumOf(from, loop, layout))
    case 'prod':
      return onePass(loop === 'bool' ? countFold('all', from, outputs, count) : productOf(from, loop, layout))
    case 'min':
    case 'max':
      return onePass(extremeFold(name, from, outputs))
    case 'argmin':
    case 'argmax':
      return onePass(argumentFold(name, from, outputs))
    case 'mean':
      return meanPasses(from, layout, options.dtype)
    case 'std':
    case 'var':
      return variancePasses(name, from, layout, options)
    default:
      return onePass(countFold(name, from, outputs, count))
  }
}

function onePass(first: ArrayFold): Passes {
  return { count: 1, first, next: (fold) => ({ outputs: fold.result() }) }
}

function sumOf(from: DType, loop: DType, { axes, whole, order, strides }: Layout): ArrayFold {
  return sumFold(loop, axes.outputs, piecesOf(whole, order, strides, from !== loop), from)
}

function productOf(from: DType, loop: DType, { axes, whole, order, strides }: Layout): ArrayFold {
  return productFold(loop, axes.outputs, piecesOf(whole, order, strides, from !== loop))
}

function meanPasses(from: DType, layout: Layout, asked: DType | undefined): Passes {
  const loop = asked ?? meanLoop(from)
  const out = asked ?? (from === 'float16' ? from : loop)
  // NumPy rounds a float16 scalar once, an array of them by way of float32.
  const divisionOut = layout.axes.resultShape.length === 0 ? out : loop
  return {
    count: 1,
    first: sumOf(from, loop, layout),
    next: (fold) => ({ outputs: castTo(divided(fold.result(), layout.axes.count, divisionOut), out) }),
  }
}

/** Two passes, as NumPy makes them: the mean, then the squared deviations from it. */
function variancePasses(name: 'std' | 'var', from: DType, layout: Layout, options: ReductionOptions): Passes {
  const loop = options.dtype ?? varianceLoop(from)
  const { axes, whole, order } = layout
  const { ddof = 0 } = options
  if (typeof ddof !== 'number') throw new TypeError(`ddof is a number, got ${String(ddof)}`)
  const freedom = Math.max(axes.count - ddof, 0)
  let isFirst = true
  return {
    count: 2,
    first: sumOf(from, loop, layout),
    next: (fold) => {
      if (isFirst) {
        isFirst = false
        const mean = divided(fold.result(), axes.count)
        const summed = options.dtype ?? realPart(loop)
        const isCast = summed !== realPart(deviationDType(from, loop))
        const pieces = piecesOf(whole, order, packedStrides(whole.shape, order), isCast)
        return { fold: new DeviationFold(mean, from, summed, pieces) }
      }
      const variance = divided(fold.result(), freedom)
      return { outputs: name === 'std' ? rooted(variance) : variance }
    },
  }
}

/** The deviations are a new array whose axes lie in the order of the walk. */
function packedStrides(shape: readonly number[], order: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1)
  let stride = 1
  for (const axis of order.toReversed()) {
    strides[axis] = stride
    stride *= shape[axis] ?? 1
  }
  return strides
}

function castTo({ data, dtype }: FoldResult, to: DType): FoldResult {
  return { data: dtype === to ? data : castTyped(data, dtype, to), dtype: to }
}
