// Kernels whose results are as wide as their operands, comparisons, and `where`.
import { FLOATS, INTEGERS, NUMBERS } from './dtypes.mjs'
import { bytesOfLanes, get, load, loop, op, set, splat, store, VECTOR } from './kernel.mjs'

/** @typedef {import('./dtypes.mjs').Lanes} Lanes */
/** @typedef {import('./kernel.mjs').Kernel} Kernel */
/** @typedef {import('./kernel.mjs').Operand} Operand */

/** @type {Operand[]} */
const BOTH = ['a', 'b']

/** Vectors of one operand in a unit. */
export const UNROLLED = 4
/** Elements in a unit of kernels whose operands and results differ in width. */
export const GROUP = 16

const [x, y] = [get('x'), get('y')]

const SIGN_64 = splat(64, '0x8000000000000000')

/** Which lanes of `a` are less than those of `b`. @type {(lanes: Lanes, a: string, b: string) => string} */
export function less({ shape, sign, bits }, a, b) {
  if (bits === 64 && sign === '_u') return op('i64x2.lt_s', op('v128.xor', a, SIGN_64), op('v128.xor', b, SIGN_64))
  return op(`${shape}.lt${sign}`, a, b)
}

/** @type {(lanes: Lanes, a: string, b: string) => string} */
function lessEqual({ shape, sign, bits }, a, b) {
  if (bits === 64 && sign === '_u') return op('i64x2.le_s', op('v128.xor', a, SIGN_64), op('v128.xor', b, SIGN_64))
  return op(`${shape}.le${sign}`, a, b)
}

/** @type {(lanes: Lanes) => string} */
function product({ shape, bits }) {
  if (bits !== 8) return op(`${shape}.mul`, x, y)
  const high = (/** @type {string} */ value) => op('i16x8.shr_u', value, '(i32.const 8)')
  const odd = op('i16x8.shl', op('i16x8.mul', high(x), high(y)), '(i32.const 8)')
  return op('v128.bitselect', op('i16x8.mul', x, y), odd, splat(16, '0xff'))
}

/** Two numbers to a vector of real and imaginary parts. @type {(lanes: Lanes) => string} */
function complexProduct({ shape, bits }) {
  const lanes = 128 / bits
  const pick = (/** @type {string} */ value, /** @type {(lane: number) => number} */ from) =>
    op(
      `i8x16.shuffle ${bytesOfLanes(
        bits,
        Array.from({ length: lanes }, (_, lane) => from(lane)),
      )}`,
      value,
      value,
    )
  const real = op(
    `${shape}.mul`,
    pick(x, (lane) => lane & ~1),
    y,
  )
  const imaginary = op(
    `${shape}.mul`,
    pick(x, (lane) => lane | 1),
    pick(y, (lane) => lane ^ 1),
  )
  const minus = bits === 32 ? '(v128.const i32x4 0x80000000 0 0x80000000 0)' : '(v128.const i64x2 0x8000000000000000 0)'
  return op(`${shape}.add`, real, op('v128.xor', imaginary, minus))
}

/** NaN wins. @type {(name: 'min' | 'max', lanes: Lanes) => string} */
function extreme(name, lanes) {
  const { shape, sign, bits } = lanes
  if (sign !== '' && bits < 64) return op(`${shape}.${name}${sign}`, x, y)
  if (sign !== '') return op('v128.bitselect', x, y, name === 'min' ? less(lanes, x, y) : less(lanes, y, x))
  return op('v128.bitselect', x, op(`${shape}.p${name}`, y, x), op(`${shape}.ne`, x, x))
}

/** @type {(lanes: Lanes) => string} */
function squaredDifference({ shape }) {
  return op(`${shape}.mul`, op('local.tee $z', op(`${shape}.sub`, x, y)), get('z'))
}

/** @type {(name: string, keys: string[], value: string, operands?: Operand[]) => Kernel} */
function same(name, keys, value, operands = BOTH) {
  const statements = Array.from({ length: UNROLLED }, (_, vector) => [
    ...operands.map((operand) => set(operand === 'a' ? 'x' : 'y', load(operand, vector * VECTOR))),
    store(vector * VECTOR, value),
  ])
  return { name, keys, code: loop(operands, UNROLLED * VECTOR, statements.flat()) }
}

/** @type {(dtype: string) => string[]} */
const withComplex = (dtype) => [dtype, dtype === 'float32' ? 'complex64' : 'complex128']

/** @returns {Kernel[]} */
function arithmetic() {
  return [
    ...INTEGERS.flatMap((lanes) => [
      same('add', [lanes.dtype], op(`${lanes.shape}.add`, x, y)),
      same('subtract', [lanes.dtype], op(`${lanes.shape}.sub`, x, y)),
    ]),
    ...FLOATS.flatMap((lanes) => [
      same('add', withComplex(lanes.dtype), op(`${lanes.shape}.add`, x, y)),
      same('subtract', withComplex(lanes.dtype), op(`${lanes.shape}.sub`, x, y)),
      same('multiply', withComplex(lanes.dtype).slice(1), complexProduct(lanes)),
      same('neg', withComplex(lanes.dtype), op(`${lanes.shape}.neg`, x), ['a']),
      same('divide', [lanes.dtype], op(`${lanes.shape}.div`, x, y)),
      same('squaredDifference', [lanes.dtype], squaredDifference(lanes)),
      ...['sqrt', 'floor', 'ceil', 'trunc', 'nearest', 'abs'].map((name) =>
        same(name, [lanes.dtype], op(`${lanes.shape}.${name}`, x), ['a']),
      ),
      same(
        'reciprocal',
        [lanes.dtype],
        op(`${lanes.shape}.div`, op(`${lanes.shape}.splat`, `(f${lanes.bits}.const 1)`), x),
        ['a'],
      ),
    ]),
    ...NUMBERS.flatMap((lanes) => [
      same('multiply', [lanes.dtype], product(lanes)),
      same('minimum', [lanes.dtype], extreme('min', lanes)),
      same('maximum', [lanes.dtype], extreme('max', lanes)),
    ]),
    ...INTEGERS.map(({ dtype, shape }) => same('neg', [dtype], op(`${shape}.neg`, x), ['a'])),
    ...INTEGERS.filter(({ sign }) => sign === '_s').map(({ dtype, shape }) =>
      same('abs', [dtype], op(`${shape}.abs`, x), ['a']),
    ),
    same('not', ['bits'], op('v128.not', x), ['a']),
    ...['and', 'or', 'xor'].map((name) => same(name, ['bits'], op(`v128.${name}`, x, y))),
  ]
}

/**
 * The masks of sixteen elements as bytes of 0 and 1. Masks of n bits are two of n/2, so narrowing two vectors of them leaves
 * masks of half the width.
 * @type {(bits: number, masks: string[]) => string}
 */
function asBools(bits, masks) {
  if (masks.length === 1) return op('v128.and', masks[0] ?? '', splat(8, '1'))
  const narrow = bits === 16 ? 'i8x16.narrow_i16x8_s' : 'i16x8.narrow_i32x4_s'
  const pairs = masks.flatMap((mask, i) => (i % 2 === 0 ? [op(narrow, mask, masks[i + 1] ?? '')] : []))
  return asBools(bits / 2, pairs)
}

/** @type {(lanes: Lanes, name: string, test: (a: string, b: string) => string, operands?: Operand[]) => Kernel} */
function comparison({ dtype, bits }, name, test, operands = BOTH) {
  const masks = Array.from({ length: bits / 8 }, (_, i) => test(load('a', i * VECTOR), load('b', i * VECTOR)))
  return { name, keys: [dtype], code: loop(operands, GROUP, [store(0, asBools(bits, masks))]) }
}

/** @returns {Kernel[]} */
function comparisons() {
  return [
    ...NUMBERS.flatMap((lanes) => [
      comparison(lanes, 'equal', (a, b) => op(`${lanes.shape}.eq`, a, b)),
      comparison(lanes, 'notEqual', (a, b) => op(`${lanes.shape}.ne`, a, b)),
      comparison(lanes, 'less', (a, b) => less(lanes, a, b)),
      comparison(lanes, 'lessEqual', (a, b) => lessEqual(lanes, a, b)),
    ]),
    ...FLOATS.map((lanes) => {
      const infinity = lanes.bits === 32 ? splat(32, '0x7f800000') : splat(64, '0x7ff0000000000000')
      const test = (/** @type {string} */ a) => op(`${lanes.shape}.lt`, op(`${lanes.shape}.abs`, a), infinity)
      return comparison(lanes, 'isfinite', test, ['a'])
    }),
  ]
}

/** The masks of sixteen bytes, in $z, as those of elements of `size` bytes. @type {(size: number) => string[]} */
function widened(size) {
  if (size === 1) return [get('z')]
  const bits = 4 * size
  const narrower = widened(size / 2)
  if (size === 16) {
    const pick = (/** @type {number} */ lane) => bytesOfLanes(64, [lane, lane])
    return narrower.flatMap((mask) => [0, 1].map((lane) => op(`i8x16.shuffle ${pick(lane)}`, mask, mask)))
  }
  const half = (/** @type {string} */ which) => `i${2 * bits}x${64 / bits}.extend_${which}_i${bits}x${128 / bits}_s`
  return narrower.flatMap((mask) => ['low', 'high'].map((which) => op(half(which), mask)))
}

/** `where`, by item size: the condition is a, the choices b and c. @returns {Kernel[]} */
function selects() {
  return [1, 2, 4, 8, 16].map((size) => {
    const choose = widened(size).map((mask, i) =>
      store(i * VECTOR, op('v128.bitselect', load('b', i * VECTOR), load('c', i * VECTOR), mask)),
    )
    const mask = set('z', op('i8x16.ne', load('a', 0), splat(8, '0')))
    return { name: 'select', keys: [String(size)], code: loop(['a', 'b', 'c'], size * GROUP, [mask, ...choose]) }
  })
}

export function elementwiseKernels() {
  return [...arithmetic(), ...comparisons(), ...selects()]
}
