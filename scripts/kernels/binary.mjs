// The bodies of the operators of two operands.
import { literal, rounded } from './dtypes.mjs'

/** @typedef {import('./dtypes.mjs').KernelType} KernelType */
/** @typedef {import('./loops.mjs').Body} Body */
/** @typedef {(type: KernelType) => Body | undefined} BodyOf */

/** @type {(expression: string) => Body} */
const one = (expression) => ({ store: [expression] })
/** @type {(condition: string) => Body} */
const test = (condition) => ({ store: [`${condition} ? 1 : 0`], out: 'Uint8Array' })
/** @type {(type: KernelType, re: string, im: string) => Body} */
const pair = (type, re, im) => ({ store: [rounded(type, re), rounded(type, im)] })
/** The suffix of helpers that round at every step. @param {KernelType} type */
const suffix = ({ bits }) => (bits === 32 ? '32' : '64')
/** Calls a helper that leaves a complex result in `result`. @type {(name: string, type: KernelType) => Body} */
const helper = (name, type) => ({
  before: [`${name}${suffix(type)}(xr, xi, yr, yi)`],
  store: ['result[0] as number', 'result[1] as number'],
})

/** @type {(operator: '+' | '-', whenBool: string | undefined) => BodyOf} */
const sum = (operator, whenBool) => (type) => {
  if (type.kind === 'bool') return whenBool === undefined ? undefined : one(whenBool)
  if (type.kind === 'complex') return pair(type, `xr ${operator} yr`, `xi ${operator} yi`)
  return one(rounded(type, `x ${operator} y`))
}

/** @type {BodyOf} */
function multiply(type) {
  if (type.kind === 'bool') return one('x & y')
  if (type.kind === 'complex') {
    const product = (/** @type {string} */ a, /** @type {string} */ b) => rounded(type, `${a} * ${b}`)
    return pair(
      type,
      `${product('xr', 'yr')} - ${product('xi', 'yi')}`,
      `${product('xr', 'yi')} + ${product('xi', 'yr')}`,
    )
  }
  if (type.bits === 32 && type.kind !== 'float') return one('Math.imul(x, y)')
  return one(rounded(type, 'x * y'))
}

/** @type {BodyOf} */
function divide(type) {
  if (type.kind === 'complex') return helper('divideComplex', type)
  return type.kind === 'float' ? one(rounded(type, 'x / y')) : undefined
}

/** By zero, small integers give Infinity or NaN, which are stored as 0. @type {BodyOf} */
function floorDivide(type) {
  if (type.kind === 'float') return one(`floorDivide${suffix(type)}(x, y)`)
  if (type.kind === 'bigint') return one(type.signed ? 'floorDivideInt64(x, y)' : 'y === 0n ? 0n : x / y')
  return type.kind === 'bool' || type.kind === 'complex' ? undefined : one('Math.floor(x / y)')
}

/** By zero, small integers give NaN, which is stored as 0. @type {BodyOf} */
function mod(type) {
  if (type.kind === 'float') return one(`mod${suffix(type)}(x, y)`)
  if (type.kind === 'bigint') return one(type.signed ? 'modInt64(x, y)' : 'y === 0n ? 0n : x % y')
  if (type.kind === 'bool' || type.kind === 'complex') return undefined
  if (!type.signed) return one(`(x % y) ${type.bits === 32 ? '>>> 0' : '| 0'}`)
  return { before: ['const m = (x % y) | 0'], store: ['m !== 0 && (m ^ y) < 0 ? m + y : m'] }
}

/** @type {BodyOf} */
function power(type) {
  if (type.kind === 'complex') return helper('powerComplex', type)
  if (type.kind === 'float') return one(rounded(type, 'realPower(x, y)'))
  if (type.kind === 'bigint') return one(`power${type.signed ? 'Int64' : 'Uint64'}(x, y)`)
  return type.kind === 'bool' ? undefined : one('powerInt(x, y)')
}

/** JavaScript masks the count. @type {(isLeft: boolean) => BodyOf} */
const shift = (isLeft) => (type) => {
  if (type.kind === 'bool' || type.kind === 'float' || type.kind === 'complex') return undefined
  const zero = literal(type, 0)
  const outside = `${type.signed ? `y < ${zero} || ` : ''}y >= ${literal(type, type.bits)}`
  const past = isLeft || !type.signed ? zero : `x < ${zero} ? ${literal(type, -1)} : ${zero}`
  const operator = isLeft ? '<<' : type.kind === 'uint' ? '>>>' : '>>'
  return one(`${outside} ? ${past} : ${rounded(type, `x ${operator} y`)}`)
}

/** @type {(operator: string) => BodyOf} */
const bits = (operator) => (type) =>
  type.kind === 'float' || type.kind === 'complex' ? undefined : one(`x ${operator} y`)

/** Complex numbers are ordered by real part, then imaginary part; a NaN anywhere is unordered. */
const COMPLEX_ORDER = {
  '<': '(xr < yr && xi === xi && yi === yi) || (xr === yr && xi < yi)',
  '<=': '(xr < yr && xi === xi && yi === yi) || (xr === yr && xi <= yi)',
  '>=': '(xr > yr && xi === xi && yi === yi) || (xr === yr && xi >= yi)',
  '===': 'xr === yr && xi === yi',
  '!==': 'xr !== yr || xi !== yi',
}

/** `greater` is `less` of the operands in the other order. @type {(operator: keyof typeof COMPLEX_ORDER) => BodyOf} */
const compare = (operator) => (type) =>
  test(type.kind === 'complex' ? `(${COMPLEX_ORDER[operator]})` : `x ${operator} y`)

/** @type {(operator: '<=' | '>=', whenBool: string, whenFloat: string) => BodyOf} */
const extremum = (operator, whenBool, whenFloat) => (type) => {
  if (type.kind === 'bool') return one(whenBool)
  if (type.kind === 'float') return one(`${whenFloat}(x, y)`)
  if (type.kind === 'bigint') return { before: [`if (x ${operator} y) out[i] = x`, 'else out[i] = y'], store: [] } // no bigint is made
  if (type.kind !== 'complex') return one(`x ${operator} y ? x : y`)
  const first = `const first = xr !== xr || xi !== xi || ${COMPLEX_ORDER[operator]}`
  return { before: [first], store: ['first ? xr : yr', 'first ? xi : yi'] }
}

/** @type {(name: string) => BodyOf} */
const float = (name) => (type) => (type.kind === 'float' ? one(rounded(type, name)) : undefined)

/** Operands are cast to bool first. @type {(expression: string) => BodyOf} */
const logical = (expression) => (type) => (type.kind === 'bool' ? one(expression) : undefined)

/** Both parts by the real part of y. @type {(operator: string) => BodyOf} */
const parts = (operator) => (type) =>
  type.kind === 'complex' ? pair(type, `xr ${operator} yr`, `xi ${operator} yr`) : undefined

/** @type {Readonly<Record<string, BodyOf>>} */
export const BINARY = {
  add: sum('+', 'x | y'),
  subtract: sum('-', undefined),
  multiply,
  divide,
  floorDivide,
  mod,
  power,
  leftShift: shift(true),
  rightShift: shift(false),
  bitwiseAnd: bits('&'),
  bitwiseOr: bits('|'),
  bitwiseXor: bits('^'),
  equal: compare('==='),
  notEqual: compare('!=='),
  less: compare('<'),
  lessEqual: compare('<='),
  minimum: extremum('<=', 'x & y', 'Math.min'),
  maximum: extremum('>=', 'x | y', 'Math.max'),
  arctan2: float('Math.atan2(x, y)'),
  hypot: float('sizeOf(x, y)'),
  scale: parts('*'),
  unscale: parts('/'),
  logicalAnd: logical('x & y'),
  logicalOr: logical('x | y'),
  logicalXor: logical('x ^ y'),
}
