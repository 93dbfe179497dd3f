// The casts that JavaScript has no fast way for, sixteen elements at a time.
import { INTEGERS, NUMBERS } from './dtypes.mjs'
import { bytesOfLanes, get, load, loop, op, splat, store, VECTOR } from './kernel.mjs'

/** @typedef {import('./dtypes.mjs').Lanes} Lanes */
/** @typedef {import('./kernel.mjs').Kernel} Kernel */

/** Elements in a unit. */
const GROUP = 16

/** The elements of a unit as vectors of `bits` bits. @type {(bits: number, vector: (i: number) => string) => string[]} */
const vectorsOf = (bits, vector) => Array.from({ length: (GROUP * bits) / 128 }, (_, i) => vector(i))

/** What loads the given number of bytes, without reading past them. */
const LOADS = new Map([
  [2, 'v128.load16_splat'],
  [4, 'v128.load32_zero'],
  [8, 'v128.load64_zero'],
  [16, 'v128.load'],
])

/** @type {(bytes: number, offset: number) => string} */
function loaded(bytes, offset) {
  const instruction = LOADS.get(bytes)
  if (instruction === undefined) throw new Error(`nothing loads ${bytes} bytes`)
  return load('a', offset, instruction)
}

/** Integers in the low part of `vector` widened from one width to another. @type {(from: number, to: number, sign: string, vector: string) => string} */
function extended(from, to, sign, vector) {
  if (from === to) return vector
  const wider = op(`i${2 * from}x${64 / from}.extend_low_i${from}x${128 / from}${sign}`, vector)
  return extended(2 * from, to, sign, wider)
}

/** `count` integers from the one at `first` on, widened. @type {(from: Lanes, first: number, count: number, to: number) => string} */
const widened = ({ bits, sign }, first, count, to) =>
  extended(bits, to, sign, loaded((count * bits) / 8, (first * bits) / 8))

/** Vectors of integers cut to half their width, until they are as narrow as wanted. @type {(vectors: string[], from: number, to: number) => string[]} */
function narrowed(vectors, from, to) {
  if (from === to) return vectors
  const half = from / 2
  const low = (/** @type {string} */ vector) => op('v128.and', vector, splat(from, `${2 ** half - 1}`))
  const lanes = Array.from({ length: 128 / half }, (_, lane) => 2 * lane)
  const join = (/** @type {string} */ a, /** @type {string} */ b) => {
    if (from === 64) return op(`i8x16.shuffle ${bytesOfLanes(half, lanes)}`, a, b)
    return op(`i${half}x${128 / half}.narrow_i${from}x${128 / from}_u`, low(a), low(b))
  }
  const pairs = vectors.flatMap((vector, i) => (i % 2 === 0 ? [join(vector, vectors[i + 1] ?? '')] : []))
  return narrowed(pairs, half, to)
}

/** @type {(from: Lanes, to: Lanes) => string[]} */
function integerToInteger(from, to) {
  if (to.bits > from.bits) {
    return vectorsOf(to.bits, (i) => widened(from, (i * 128) / to.bits, 128 / to.bits, to.bits))
  }
  return narrowed(
    vectorsOf(from.bits, (i) => loaded(16, VECTOR * i)),
    from.bits,
    to.bits,
  )
}

/** 64-bit integers by their words, as the JavaScript kernel computes them. @type {(sign: string, i: number) => string} */
function wideToFloat64(sign, i) {
  const word = (/** @type {number} */ which) =>
    op(`i8x16.shuffle ${bytesOfLanes(32, [which, which + 2, which, which])}`, get('x'), get('x'))
  const high = op(`f64x2.convert_low_i32x4${sign}`, word(1))
  const scaled = op('f64x2.mul', high, splat(64, '0x41f0000000000000')) // 2 ** 32
  return `${op('local.set $x', loaded(16, VECTOR * i))}
    ${store(VECTOR * i, op('f64x2.add', scaled, op('f64x2.convert_low_i32x4_u', word(0))))}`
}

/** Of 64 bits. @type {(from: Lanes, to: Lanes) => string[]} */
function integerToFloat(from, to) {
  if (to.bits === 64) return vectorsOf(64, (i) => wideToFloat64(from.sign, i))
  const convert = `f32.convert_i64${from.sign}`
  return Array.from({ length: GROUP }, (_, i) => store(4 * i, op(convert, load('a', 8 * i, 'i64.load')), 'f32.store'))
}

/**
 * Truncated by way of int32 or uint32, 64 bits one by one. Negative numbers wrap in unsigned integers too.
 * @type {(from: Lanes, to: Lanes) => string[]}
 */
function floatToInteger(from, to) {
  if (to.bits === 64)
    return Array.from({ length: GROUP }, (_, i) => store(8 * i, wideInteger(from, to, i), 'i64.store'))
  const words = vectorsOf(32, (i) => {
    if (from.bits === 32) return truncated(from, to, VECTOR * i)
    const [low, high] = [2 * i, 2 * i + 1].map((half) => truncated(from, to, VECTOR * half))
    return op(`i8x16.shuffle ${bytesOfLanes(64, [0, 2])}`, low ?? '', high ?? '')
  })
  return stored(narrowed(words, 32, to.bits))
}

/** @type {(from: Lanes, to: Lanes, offset: number) => string} */
function truncated({ bits, shape }, { dtype }, offset) {
  const value = loaded(16, offset)
  const as = (/** @type {string} */ sign) => op(`i32x4.trunc_sat_${shape}${sign}${bits === 64 ? '_zero' : ''}`, value)
  if (dtype !== 'uint32') return as('_s')
  const isNegative = op(`${shape}.lt`, value, splat(bits, '0'))
  const mask = bits === 32 ? isNegative : op(`i8x16.shuffle ${bytesOfLanes(32, [0, 2, 0, 2])}`, isNegative, isNegative)
  return op('v128.bitselect', as('_s'), as('_u'), mask)
}

/** @type {(from: Lanes, to: Lanes, i: number) => string} */
function wideInteger({ bits }, { dtype }, i) {
  const value = load('a', (i * bits) / 8, `f${bits}.load`)
  const as = (/** @type {string} */ sign) => op(`i64.trunc_sat_f${bits}${sign}`, value)
  return dtype === 'int64' ? as('_s') : op('select', as('_s'), as('_u'), op(`f${bits}.lt`, value, `(f${bits}.const 0)`))
}

/** float64 to float32. */
function floatToFloat() {
  const half = (/** @type {number} */ i) => op('f32x4.demote_f64x2_zero', loaded(16, VECTOR * i))
  return stored(vectorsOf(32, (i) => op(`i8x16.shuffle ${bytesOfLanes(64, [0, 2])}`, half(2 * i), half(2 * i + 1))))
}

/** @type {(vectors: string[]) => string[]} */
const stored = (vectors) => vectors.map((vector, i) => store(VECTOR * i, vector))

/** @type {(from: Lanes, to: Lanes) => string[]} */
function statements(from, to) {
  if (from.sign === '') return to.sign === '' ? floatToFloat() : floatToInteger(from, to)
  return to.sign === '' ? integerToFloat(from, to) : stored(integerToInteger(from, to))
}

/** TypedArray.set is as fast at the others. @type {(from: Lanes, to: Lanes) => boolean} */
function isWorthwhile(from, to) {
  const [fromFloat, toFloat] = [from.sign === '', to.sign === '']
  if (fromFloat || toFloat) return from.bits === 64 || (fromFloat && !toFloat) || (to.bits === 64 && !toFloat)
  return from.bits !== to.bits && (from.bits === 64 || to.bits === 64)
}

/** @returns {Kernel[]} */
export function casts() {
  const bool = INTEGERS.filter(({ dtype }) => dtype === 'uint8').map((lanes) => ({ ...lanes, dtype: 'bool' }))
  return [...bool, ...NUMBERS].flatMap((from) =>
    NUMBERS.filter((to) => to.dtype !== from.dtype && isWorthwhile(from, to)).map((to) => ({
      name: from.dtype,
      keys: [to.dtype],
      code: loop(['a'], (GROUP * to.bits) / 8, statements(from, to)),
    })),
  )
}
