// The bodies of the loops that accumulate.
import { method } from './method.mjs'

/** @typedef {import('./method.mjs').Method} Method */

/**
 * How a number is brought back into the range of a dtype.
 * @type {Readonly<Record<string, (expression: string) => string>>}
 */
const WRAP = {
  int8: (e) => `((${e}) << 24) >> 24`,
  int16: (e) => `((${e}) << 16) >> 16`,
  int32: (e) => `(${e}) | 0`,
  uint8: (e) => `(${e}) & 0xff`,
  uint16: (e) => `(${e}) & 0xffff`,
  uint32: (e) => `(${e}) >>> 0`,
  int64: (e) => `BigInt.asIntN(64, ${e})`,
  uint64: (e) => `BigInt.asUintN(64, ${e})`,
  float16: (e) => `roundToHalf(Math.fround(${e}))`,
  float32: (e) => `Math.fround(${e})`,
  float64: (e) => e,
}

/** @type {(dtype: string, expression: string) => string} */
function wrapped(dtype, expression) {
  const wrap = WRAP[dtype]
  if (wrap === undefined) throw new Error(`no number is wrapped to ${dtype}`)
  return wrap(expression)
}

/** @typedef {'add' | 'multiply' | 'minimum' | 'maximum'} Name */

/**
 * What a step of an accumulation makes of the value so far, a, and the next element, b.
 * @type {Readonly<Record<Name, (dtype: string) => string>>}
 */
export const STEPS = {
  add: (dtype) => wrapped(dtype, 'a + b'),
  multiply: (dtype) => wrapped(dtype, /^u?int32$/.test(dtype) ? 'Math.imul(a, b)' : 'a * b'),
  minimum: (dtype) => (dtype.startsWith('float') ? 'b < a || b !== b ? b : a' : 'b < a ? b : a'),
  maximum: (dtype) => (dtype.startsWith('float') ? 'b > a || b !== b ? b : a' : 'b > a ? b : a'),
}

/**
 * Of real numbers: `step` makes `a` of the value so far and the next element `b`.
 * @type {(step: string, type: string) => Method[]}
 */
export function accumulationBodies(step, type) {
  return [
    method(
      'run',
      `let a = acc[at] as ${type}
      let i = 0
      if (isFirst && n > 0) {
        a = x[start] as ${type}
        into[to] = a
        i = 1
      }
      for (; i < n; i++) {
        const b = x[start + i] as ${type}
        a = ${step}
        into[to + i] = a
      }
      acc[at] = a`,
    ),
    method(
      'rows',
      `for (let i = 0; i < n; i++) {
        const a = acc[at + i] as ${type}
        const b = x[start + i] as ${type}
        const value = isFirst ? b : ${step.includes('?') || step.includes('|') ? `(${step})` : step}
        acc[at + i] = value
        into[to + i] = value
      }`,
    ),
  ]
}

/** @type {(sign: string) => string} */
const isWorse = (sign) => `bRe ${sign} aRe || (bRe === aRe && bIm ${sign} aIm) || bRe !== bRe || bIm !== bIm`
/** @type {Readonly<Record<Name, (rounded: (expression: string) => string) => [string, string, string?]>>} */
const COMPLEX_STEPS = {
  add: (rounded) => [rounded('aRe + bRe'), rounded('aIm + bIm')],
  multiply: (rounded) => [
    rounded(`${rounded('aRe * bRe')} - ${rounded('aIm * bIm')}`),
    rounded(`${rounded('aRe * bIm')} + ${rounded('aIm * bRe')}`),
  ],
  minimum: () => ['isTaken ? bRe : aRe', 'isTaken ? bIm : aIm', '<'],
  maximum: () => ['isTaken ? bRe : aRe', 'isTaken ? bIm : aIm', '>'],
}

/** @type {(name: Name, dtype: string) => Method[]} */
export function complexAccumulationBodies(name, dtype) {
  const [re, im, sign] = COMPLEX_STEPS[name]((text) => (dtype === 'complex64' ? `Math.fround(${text})` : text))
  const taken = sign === undefined ? '' : `const isTaken = aRe === aRe && aIm === aIm && (${isWorse(sign)})\n`
  /** @type {(at: string, first: string) => string} */
  const step = (at, first) => `const aRe = acc[2 * ${at}] as number
        const aIm = acc[2 * ${at} + 1] as number
        const bRe = x[2 * (start + i)] as number
        const bIm = x[2 * (start + i) + 1] as number
        ${taken}
        const re = ${first} ? bRe : (${re})
        const im = ${first} ? bIm : (${im})
        acc[2 * ${at}] = re
        acc[2 * ${at} + 1] = im
        into[2 * (to + i)] = re
        into[2 * (to + i) + 1] = im`
  return [
    method(
      'run',
      `for (let i = 0; i < n; i++) {
        ${step('at', '(isFirst && i === 0)')}
      }`,
    ),
    method(
      'rows',
      `for (let i = 0; i < n; i++) {
        ${step('(at + i)', 'isFirst')}
      }`,
    ),
  ]
}
