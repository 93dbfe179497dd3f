// All kernels as one table: the one place through which a page fetches them.
import type { Kernels } from '../kernel-table.js'
import { add, divide, multiply, subtract } from './arithmetic.generated.js'
import { bitwiseAnd, bitwiseOr, bitwiseXor, invert, leftShift, rightShift } from './bits.generated.js'
import { equal, less, lessEqual, notEqual } from './comparison.generated.js'
import { arctan2, floorDivide, hypot, mod, power } from './division.generated.js'
import { cos, exp, log, log2, log10, reciprocal, sin, sqrt, square, tan } from './functions.generated.js'
import { narrowHalf, widenHalf } from './half.js'
import { isfinite, isnan, logicalAnd, logicalNot, logicalOr, logicalXor, truth } from './logic.generated.js'
import { absolute, maximum, minimum, negative, positive, sign } from './order.generated.js'
import { ceil, floor, rint, scale, trunc, unscale } from './rounding.generated.js'
import { select } from './select.generated.js'
import { int64ToFloat64, uint64ToFloat64 } from './wide.js'

export const KERNELS: Kernels = {
  unary: {
    negative,
    positive,
    absolute,
    invert,
    sqrt,
    exp,
    log,
    log2,
    log10,
    sin,
    cos,
    tan,
    floor,
    ceil,
    trunc,
    rint,
    sign,
    square,
    reciprocal,
    isnan,
    isfinite,
    logicalNot,
  },
  binary: {
    add,
    subtract,
    multiply,
    divide,
    floorDivide,
    mod,
    power,
    leftShift,
    rightShift,
    bitwiseAnd,
    bitwiseOr,
    bitwiseXor,
    equal,
    notEqual,
    less,
    lessEqual,
    minimum,
    maximum,
    arctan2,
    hypot,
    logicalAnd,
    logicalOr,
    logicalXor,
    scale,
    unscale,
  },
  select,
  truth,
  casts: {
    float16: { float32: widenHalf },
    float32: { float16: narrowHalf },
    int64: { float64: int64ToFloat64 },
    uint64: { float64: uint64ToFloat64 },
  },
}
