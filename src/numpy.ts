// The entry 'lazy-disk-cache/numpy': NumPy's functions for operands on disk and in memory, and lazy expressions.
import { callOperator } from './operators/methods.js'
import type { Functions } from './operators/types.js'

export type { AccumulateName } from './core/numpy/reduce/accumulate.js'
export type { HistogramOptions } from './core/numpy/reduce/bins.js'
export { scalar } from './core/numpy/weak.js'
export type { ScalarValue, WeakOrStrongScalar } from './core/said-scalar.js'
export { lazy } from './operators/lazy.js'
export { LazyArray } from './operators/lazy-array.js'
export type { LazyBinaryMethod, LazyUnaryMethod } from './operators/method-types.js'
export type {
  AccumulateFunction,
  AccumulateOptions,
  AnyOperand,
  AstypeFunction,
  AstypeOptions,
  AxisOptions,
  BinaryFunction,
  ClipFunction,
  DivmodFunction,
  Histogram,
  HistogramFunction,
  MatmulFunction,
  MaybeOut,
  Operand,
  Out,
  OuterFunction,
  OutOption,
  PercentileFunction,
  PercentileOptions,
  ReduceOptions,
  ReductionFunction,
  RoundFunction,
  RoundOptions,
  UfuncOptions,
  UnaryFunction,
  WhereFunction,
} from './operators/types.js'

/** The function of that name; one that is not used is left out of bundles. */
function functionOf<N extends keyof Functions>(name: N): Functions[N] {
  return ((...given: unknown[]) => callOperator(name, given)) as unknown as Functions[N]
}

/** `a + b`; of booleans: or. Source: numpy.add. */
export const add = /* @__PURE__ */ functionOf('add')
/** The angle of the point (`b`, `a`), in radians from -π to π. Source: numpy.arctan2. */
export const arctan2 = /* @__PURE__ */ functionOf('arctan2')
/** `a & b`, of integers and booleans. Source: numpy.bitwise_and. */
export const bitwiseAnd = /* @__PURE__ */ functionOf('bitwiseAnd')
/** `a | b`, of integers and booleans. Source: numpy.bitwise_or. */
export const bitwiseOr = /* @__PURE__ */ functionOf('bitwiseOr')
/** `a ^ b`, of integers and booleans. Source: numpy.bitwise_xor. */
export const bitwiseXor = /* @__PURE__ */ functionOf('bitwiseXor')
/** `a / b`, true division: integers give floats. Source: numpy.divide. */
export const divide = /* @__PURE__ */ functionOf('divide')
/** `a == b`, as booleans. Source: numpy.equal. */
export const equal = /* @__PURE__ */ functionOf('equal')
/** The largest integer not above `a / b`; integers divided by 0 give 0. Source: numpy.floor_divide. */
export const floorDivide = /* @__PURE__ */ functionOf('floorDivide')
/** `a > b`, as booleans. Source: numpy.greater. */
export const greater = /* @__PURE__ */ functionOf('greater')
/** `a >= b`, as booleans. Source: numpy.greater_equal. */
export const greaterEqual = /* @__PURE__ */ functionOf('greaterEqual')
/** `sqrt(a² + b²)`. Source: numpy.hypot. */
export const hypot = /* @__PURE__ */ functionOf('hypot')
/** `a << b`, of integers. Source: numpy.left_shift. */
export const leftShift = /* @__PURE__ */ functionOf('leftShift')
/** `a < b`, as booleans. Source: numpy.less. */
export const less = /* @__PURE__ */ functionOf('less')
/** `a <= b`, as booleans. Source: numpy.less_equal. */
export const lessEqual = /* @__PURE__ */ functionOf('lessEqual')
/** Whether both are other than 0. Source: numpy.logical_and. */
export const logicalAnd = /* @__PURE__ */ functionOf('logicalAnd')
/** Whether one is other than 0. Source: numpy.logical_or. */
export const logicalOr = /* @__PURE__ */ functionOf('logicalOr')
/** Whether exactly one is other than 0. Source: numpy.logical_xor. */
export const logicalXor = /* @__PURE__ */ functionOf('logicalXor')
/** The greater of the two; NaN wins. Source: numpy.maximum. */
export const maximum = /* @__PURE__ */ functionOf('maximum')
/** The lesser of the two; NaN wins. Source: numpy.minimum. */
export const minimum = /* @__PURE__ */ functionOf('minimum')
/** What `floorDivide` leaves, with the sign of `b`. Source: numpy.remainder. */
export const mod = /* @__PURE__ */ functionOf('mod')
/** `a * b`; of booleans: and. Source: numpy.multiply. */
export const multiply = /* @__PURE__ */ functionOf('multiply')
/** `a != b`, as booleans. Source: numpy.not_equal. */
export const notEqual = /* @__PURE__ */ functionOf('notEqual')
/** `a` to the power of `b`; integers to negative powers are a DTypeError. Source: numpy.power. */
export const power = /* @__PURE__ */ functionOf('power')
/** `a >> b`, of integers. Source: numpy.right_shift. */
export const rightShift = /* @__PURE__ */ functionOf('rightShift')
/** `a - b`; booleans are a DTypeError. Source: numpy.subtract. */
export const subtract = /* @__PURE__ */ functionOf('subtract')
/** The absolute value; of complex numbers the magnitude, as floats. Source: numpy.absolute. */
export const absolute = /* @__PURE__ */ functionOf('absolute')
/** The least integer not below, in the dtype of `a`. Source: numpy.ceil. */
export const ceil = /* @__PURE__ */ functionOf('ceil')
/** The cosine; `a` in radians. Source: numpy.cos. */
export const cos = /* @__PURE__ */ functionOf('cos')
/** `e` to the power of `a`. Source: numpy.exp. */
export const exp = /* @__PURE__ */ functionOf('exp')
/** The largest integer not above, in the dtype of `a`. Source: numpy.floor. */
export const floor = /* @__PURE__ */ functionOf('floor')
/** `~a`, of integers; of booleans: not. Source: numpy.invert. */
export const invert = /* @__PURE__ */ functionOf('invert')
/** Whether it is neither infinite nor NaN, as booleans. Source: numpy.isfinite. */
export const isfinite = /* @__PURE__ */ functionOf('isfinite')
/** Whether it is NaN, as booleans. Source: numpy.isnan. */
export const isnan = /* @__PURE__ */ functionOf('isnan')
/** The natural logarithm. Source: numpy.log. */
export const log = /* @__PURE__ */ functionOf('log')
/** The logarithm to base 10. Source: numpy.log10. */
export const log10 = /* @__PURE__ */ functionOf('log10')
/** The logarithm to base 2. Source: numpy.log2. */
export const log2 = /* @__PURE__ */ functionOf('log2')
/** Whether it is 0, as booleans. Source: numpy.logical_not. */
export const logicalNot = /* @__PURE__ */ functionOf('logicalNot')
/** `-a`; booleans are a DTypeError. Source: numpy.negative. */
export const negative = /* @__PURE__ */ functionOf('negative')
/** `+a`: a copy. Source: numpy.positive. */
export const positive = /* @__PURE__ */ functionOf('positive')
/** `1 / a`, in the dtype of `a`: 0 of most integers. Source: numpy.reciprocal. */
export const reciprocal = /* @__PURE__ */ functionOf('reciprocal')
/** -1, 0 or 1; NaN of NaN; of complex numbers `a / |a|`. Source: numpy.sign. */
export const sign = /* @__PURE__ */ functionOf('sign')
/** The sine; `a` in radians. Source: numpy.sin. */
export const sin = /* @__PURE__ */ functionOf('sin')
/** The square root; NaN of negative numbers. Source: numpy.sqrt. */
export const sqrt = /* @__PURE__ */ functionOf('sqrt')
/** `a * a`. Source: numpy.square. */
export const square = /* @__PURE__ */ functionOf('square')
/** The tangent; `a` in radians. Source: numpy.tan. */
export const tan = /* @__PURE__ */ functionOf('tan')
/** The integer next to it towards 0, in the dtype of `a`. Source: numpy.trunc. */
export const trunc = /* @__PURE__ */ functionOf('trunc')
/** Quotient and remainder, as `floorDivide` and `mod`. Source: numpy.divmod. */
export const divmod = /* @__PURE__ */ functionOf('divmod')
/** `condition ? x : y`, element by element. Source: numpy.where. */
export const where = /* @__PURE__ */ functionOf('where')
/** `a` held between `min` and `max`; null leaves a side open. Source: numpy.clip. */
export const clip = /* @__PURE__ */ functionOf('clip')
/** Rounded to `decimals` places, halves to even. Source: numpy.round. */
export const round = /* @__PURE__ */ functionOf('round')
/** The operator applied to every pair of an element of `a` and one of `b`. Source: numpy.ufunc.outer. */
export const outer = /* @__PURE__ */ functionOf('outer')
/** The elements as another dtype; by default any cast goes. Source: numpy.ndarray.astype. */
export const astype = /* @__PURE__ */ functionOf('astype')
/** Integers are summed in 64 bits, floats pairwise in NumPy's order, bit for bit. Source: numpy.sum. */
export const sum = /* @__PURE__ */ functionOf('sum')
/** The product; integers in 64 bits. Source: numpy.prod. */
export const prod = /* @__PURE__ */ functionOf('prod')
/** The mean; of integers and booleans as float64. Source: numpy.mean. */
export const mean = /* @__PURE__ */ functionOf('mean')
/** The standard deviation, in two passes, as NumPy: the mean, then the deviations from it. Source: numpy.std. */
export const std = /* @__PURE__ */ functionOf('std')
/** The variance, as `std`. Source: numpy.var. */
const variance = /* @__PURE__ */ functionOf('var')
/** The least element; NaN wins. Source: numpy.min. */
export const min = /* @__PURE__ */ functionOf('min')
/** The greatest element; NaN wins. Source: numpy.max. */
export const max = /* @__PURE__ */ functionOf('max')
/** The first least element's place, in C order without `axis`; the first NaN's. Source: numpy.argmin. */
export const argmin = /* @__PURE__ */ functionOf('argmin')
/** The first greatest element's place, in C order without `axis`; the first NaN's. Source: numpy.argmax. */
export const argmax = /* @__PURE__ */ functionOf('argmax')
/** Whether one is other than 0. Source: numpy.any. */
export const any = /* @__PURE__ */ functionOf('any')
/** Whether none is 0. Source: numpy.all. */
export const all = /* @__PURE__ */ functionOf('all')
/** How many are other than 0. Source: numpy.count_nonzero. */
export const countNonzero = /* @__PURE__ */ functionOf('countNonzero')
/** The running sum, product, least or greatest element along an axis. Source: numpy.ufunc.accumulate. */
export const accumulate = /* @__PURE__ */ functionOf('accumulate')
/** How many elements are in each bin; the last bin has both its edges. Source: numpy.histogram. */
export const histogram = /* @__PURE__ */ functionOf('histogram')
/** Exact percentiles; NaN wins. Source: numpy.percentile. */
export const percentile = /* @__PURE__ */ functionOf('percentile')
/** The product of matrices, or of stacks of them. Source: numpy.matmul. */
export const matmul = /* @__PURE__ */ functionOf('matmul')

export { variance as var }
