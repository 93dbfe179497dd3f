// The bodies of the operators of one operand; a string is a statement for the whole tile.
import { literal, rounded } from './dtypes.mjs'

/** @typedef {import('./dtypes.mjs').KernelType} KernelType */
/** @typedef {import('./loops.mjs').Body} Body */
/** @typedef {(type: KernelType) => Body | string | undefined} BodyOf */

/** @type {(expression: string) => Body} */
const one = (expression) => ({ store: [expression] })
/** @type {(condition: string) => Body} */
const test = (condition) => ({ store: [`${condition} ? 1 : 0`], out: 'Uint8Array' })
const COPY = 'out.set(a.length === n ? a : a.subarray(0, n))'

/** @param {KernelType} type */
const isIntegral = ({ kind }) => kind !== 'float' && kind !== 'complex'

/** @type {BodyOf} */
function negative(type) {
  if (type.kind === 'bool') return undefined
  return type.kind === 'complex' ? { store: ['-xr', '-xi'] } : one(rounded(type, '-x'))
}

/** @type {BodyOf} */
function positive(type) {
  if (type.kind === 'bool') return undefined
  return type.kind === 'complex' ? 'out.set(a.length === 2 * n ? a : a.subarray(0, 2 * n))' : COPY
}

/** @type {BodyOf} */
function absolute(type) {
  if (type.kind === 'complex') return one(rounded(type, 'sizeOf(xr, xi)'))
  if (type.kind === 'float') return one('Math.abs(x)')
  if (!type.signed) return COPY
  if (type.kind === 'bigint')
    return { before: ['if (x < 0n) out[i] = BigInt.asIntN(64, -x)', 'else out[i] = x'], store: [] }
  return one('x < 0 ? -x : x')
}

/** @type {BodyOf} */
function invert(type) {
  if (type.kind === 'bool') return one('x === 0 ? 1 : 0')
  return isIntegral(type) ? one(rounded(type, '~x')) : undefined
}

/** A function of floats, with a helper of that name for complex numbers. @type {(name: string, real: string) => BodyOf} */
const inexact = (name, real) => (type) => {
  if (isIntegral(type)) return undefined
  if (type.kind === 'float') return one(rounded(type, real))
  return { before: [`${name}Complex(xr, xi)`], store: ['result[0] as number', 'result[1] as number'] }
}

/** @type {(name: string) => BodyOf} */
const rounding = (name) => (type) => {
  if (type.kind === 'complex') return undefined
  return type.kind === 'float' ? one(`${name}(x)`) : COPY
}

/** @type {BodyOf} */
function rint(type) {
  if (isIntegral(type)) return undefined
  return type.kind === 'float' ? one('nearest(x)') : { store: ['nearest(xr)', 'nearest(xi)'] }
}

/** @type {BodyOf} */
function sign(type) {
  if (type.kind === 'bool') return undefined
  if (type.kind === 'complex') return inexact('sign', '')(type)
  const [zero, plus, minus] = [0, 1, -1].map((value) => literal(type, value))
  if (type.kind === 'float') return one('x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : Number.NaN')
  return one(
    type.signed ? `x > ${zero} ? ${plus} : x < ${zero} ? ${minus} : ${zero}` : `x > ${zero} ? ${plus} : ${zero}`,
  )
}

/** @type {BodyOf} */
function square(type) {
  if (type.kind === 'bool') return undefined
  if (type.kind === 'complex') {
    const product = (/** @type {string} */ a, /** @type {string} */ b) => rounded(type, `${a} * ${b}`)
    const re = rounded(type, `${product('xr', 'xr')} - ${product('xi', 'xi')}`)
    return { store: [re, rounded(type, `${product('xr', 'xi')} + ${product('xi', 'xr')}`)] }
  }
  return one(type.bits === 32 && type.kind !== 'float' ? 'Math.imul(x, x)' : rounded(type, 'x * x'))
}

/** Of 0, integers give what x86-64 makes of infinity. @type {BodyOf} */
function reciprocal(type) {
  if (type.kind === 'bool') return undefined
  if (type.kind === 'complex') return inexact('reciprocal', '')(type)
  if (type.kind === 'float') return one(rounded(type, '1 / x'))
  const [zero, plus, minus] = [0, 1, -1].map((value) => literal(type, value))
  if (!type.signed) return one(`x === ${plus} ? ${plus} : ${zero}`)
  const ofZero = type.bits === 64 ? '-(2n ** 63n)' : type.bits === 32 ? '-(2 ** 31)' : zero
  return one(`x === ${zero} ? ${ofZero} : x === ${plus} || x === ${minus} ? x : ${zero}`)
}

/** @type {BodyOf} */
function isnan(type) {
  if (type.kind === 'float') return test('x !== x')
  return type.kind === 'complex' ? test('xr !== xr || xi !== xi') : 'out.fill(0, 0, n)'
}

/** @type {BodyOf} */
function isfinite(type) {
  if (type.kind === 'float') return test('x - x === 0')
  return type.kind === 'complex' ? test('xr - xr === 0 && xi - xi === 0') : 'out.fill(1, 0, n)'
}

/** @type {BodyOf} */
function logicalNot(type) {
  return type.kind === 'bool' ? one('x === 0 ? 1 : 0') : undefined
}

/** The cast to bool. @type {BodyOf} */
function truth(type) {
  return test(type.kind === 'complex' ? '(xr !== 0 || xi !== 0)' : `x !== ${literal(type, 0)}`)
}

/** @type {Readonly<Record<string, BodyOf>>} */
export const UNARY = {
  negative,
  positive,
  absolute,
  invert,
  sqrt: inexact('sqrt', 'Math.sqrt(x)'),
  exp: inexact('exp', 'Math.exp(x)'),
  log: inexact('log', 'Math.log(x)'),
  log2: inexact('log2', 'Math.log2(x)'),
  log10: inexact('log10', 'Math.log10(x)'),
  sin: inexact('sin', 'Math.sin(x)'),
  cos: inexact('cos', 'Math.cos(x)'),
  tan: inexact('tan', 'Math.tan(x)'),
  floor: rounding('Math.floor'),
  ceil: rounding('Math.ceil'),
  trunc: rounding('Math.trunc'),
  rint,
  sign,
  square,
  reciprocal,
  isnan,
  isfinite,
  logicalNot,
  truth,
}

/** Operators whose result has another class of memory than the operand, where the body does not say so. */
export const BOOL_RESULT = new Set(['isnan', 'isfinite', 'logicalNot'])
