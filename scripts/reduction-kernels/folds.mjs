// The bodies of the loops that reduce: extremes and their places, counts, totals, products.
import { method } from './method.mjs'

/** @typedef {import('./method.mjs').Method} Method */

/**
 * Whether v is a better extreme than `best`: NaN is the best there is.
 * @type {(sign: string, isFloat: boolean) => string}
 */
const better = (sign, isFloat) => (isFloat ? `v ${sign} best || v !== v` : `v ${sign} best`)

/** @type {(sign: string, isFloat: boolean, type: string) => Method[]} */
export function extremeBodies(sign, isFloat, type) {
  /** @type {(index: string) => string} */
  const read = (index) => `x[${index}] as ${type}`
  return [
    method(
      'run',
      `let best = acc[at] as ${type}
      for (let i = start; i < start + n; i++) {
        const v = ${read('i')}
        if (${better(sign, isFloat)}) best = v
      }
      acc[at] = best`,
    ),
    method(
      'rows',
      `for (let i = 0; i < n; i++) {
        const v = ${read('start + i')}
        const best = acc[at + i] as ${type}
        if (${better(sign, isFloat)}) acc[at + i] = v
      }`,
    ),
  ]
}

/**
 * NumPy's order of complex numbers: by real part, then imaginary; anything with a NaN is the best there is.
 * @type {(sign: string) => string}
 */
const betterComplex = (sign) => `re ${sign} bestRe || (re === bestRe && im ${sign} bestIm) || re !== re || im !== im`
const notNaN = 'bestRe === bestRe && bestIm === bestIm'

/** @type {(sign: string) => Method[]} */
export function complexExtremeBodies(sign) {
  return [
    method(
      'run',
      `let bestRe = acc[2 * at] as number
      let bestIm = acc[2 * at + 1] as number
      for (let i = 2 * start; i < 2 * (start + n) && ${notNaN}; i += 2) {
        const re = x[i] as number
        const im = x[i + 1] as number
        if (${betterComplex(sign)}) {
          bestRe = re
          bestIm = im
        }
      }
      acc[2 * at] = bestRe
      acc[2 * at + 1] = bestIm`,
    ),
    method(
      'rows',
      `for (let i = 0; i < n; i++) {
        const re = x[2 * (start + i)] as number
        const im = x[2 * (start + i) + 1] as number
        const bestRe = acc[2 * (at + i)] as number
        const bestIm = acc[2 * (at + i) + 1] as number
        if (${notNaN} && (${betterComplex(sign)})) {
          acc[2 * (at + i)] = re
          acc[2 * (at + i) + 1] = im
        }
      }`,
    ),
  ]
}

/** @type {(sign: string, isFloat: boolean, type: string) => Method[]} */
export function argumentBodies(sign, isFloat, type) {
  const stillOpen = isFloat ? ' && best === best' : ''
  return [
    method(
      'run',
      `let best = acc[at] as ${type}
      let found = places[at] as number
      for (let i = 0; i < n${stillOpen}; i++) {
        const v = x[start + i] as ${type}
        if (found < 0 || ${better(sign, isFloat)}) {
          best = v
          found = place + i
        }
      }
      acc[at] = best
      places[at] = found`,
    ),
    method(
      'rows',
      `for (let i = 0; i < n; i++) {
        const v = x[start + i] as ${type}
        const best = acc[at + i] as ${type}
        if ((places[at + i] as number) < 0 || ${isFloat ? `(best === best && (${better(sign, true)}))` : better(sign, false)}) {
          acc[at + i] = v
          places[at + i] = place
        }
      }`,
    ),
  ]
}

/** @type {(sign: string) => Method[]} */
export function complexArgumentBodies(sign) {
  return [
    method(
      'run',
      `let bestRe = acc[2 * at] as number
      let bestIm = acc[2 * at + 1] as number
      let found = places[at] as number
      for (let i = 0; i < n && ${notNaN}; i++) {
        const re = x[2 * (start + i)] as number
        const im = x[2 * (start + i) + 1] as number
        if (found < 0 || ${betterComplex(sign)}) {
          bestRe = re
          bestIm = im
          found = place + i
        }
      }
      acc[2 * at] = bestRe
      acc[2 * at + 1] = bestIm
      places[at] = found`,
    ),
    method(
      'rows',
      `for (let i = 0; i < n; i++) {
        const re = x[2 * (start + i)] as number
        const im = x[2 * (start + i) + 1] as number
        const bestRe = acc[2 * (at + i)] as number
        const bestIm = acc[2 * (at + i) + 1] as number
        if ((places[at + i] as number) < 0 || (${notNaN} && (${betterComplex(sign)}))) {
          acc[2 * (at + i)] = re
          acc[2 * (at + i) + 1] = im
          places[at + i] = place
        }
      }`,
    ),
  ]
}

/** @typedef {(index: string) => string} Test */

/** @type {(nonzero: Test) => Method[]} */
export function countBodies(nonzero) {
  return [
    method(
      'run',
      `let count = 0
      for (let i = start; i < start + n; i++) if (${nonzero('i')}) count++
      acc[at] = (acc[at] as number) + count`,
    ),
    method(
      'rows',
      `for (let i = 0; i < n; i++) {
        if (${nonzero('(start + i)')}) acc[at + i] = (acc[at + i] as number) + 1
      }`,
    ),
  ]
}
/** @type {Test} */
export const single = (i) => `x[${i}] !== 0`
/** @type {Test} */
export const pair = (i) => `x[2 * ${i}] !== 0 || x[2 * ${i} + 1] !== 0`
/** @type {Test} */
export const half = (i) => `((x[${i}] as number) & 0x7fff) !== 0`

/** Of 32-bit integers and below: 2^20 of them sum exactly. */
export const narrowTotalBodies = [
  method(
    'run',
    `for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        for (let i = from; i < end; i++) sum += x[i] as number
        addTotal(low, high, at, sum)
      }`,
  ),
  method(
    'rows',
    `for (let i = 0; i < n; i++) {
        const sum = (low[at + i] as number) + (x[start + i] as number)
        if (Math.abs(sum) < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[start + i] as number)
      }`,
  ),
]
/** Of 64-bit integers as two words. */
export const wideTotalBodies = [
  method(
    'run',
    `for (let from = start; from < start + n; from += CHUNK) {
        const end = Math.min(from + CHUNK, start + n)
        let sum = 0
        let highSum = 0
        for (let i = from; i < end; i++) {
          sum += x[2 * i] as number
          highSum += x[2 * i + 1] as number
        }
        high[at] = (high[at] as number) + highSum
        addTotal(low, high, at, sum)
      }`,
  ),
  method(
    'rows',
    `for (let i = 0; i < n; i++) {
        high[at + i] = (high[at + i] as number) + (x[2 * (start + i) + 1] as number)
        const sum = (low[at + i] as number) + (x[2 * (start + i)] as number)
        if (sum < CARRY_FROM) low[at + i] = sum
        else addTotal(low, high, at + i, x[2 * (start + i)] as number)
      }`,
  ),
]

/** @typedef {(a: string, b: string) => string} Step */

/** @type {(step: Step, type: string) => Method[]} */
export function productBodies(step, type) {
  return [
    method(
      'run',
      `let product = acc[at] as ${type}
      for (let i = start; i < start + n; i++) product = ${step('product', `(x[i] as ${type})`)}
      acc[at] = product`,
    ),
    method(
      'rows',
      `for (let i = 0; i < n; i++) {
        acc[at + i] = ${step(`(acc[at + i] as ${type})`, `(x[start + i] as ${type})`)}
      }`,
    ),
  ]
}
/** @type {(name: string) => Step} */
export const wideProduct = (name) => (a, b) => `BigInt.${name === 'int64' ? 'asIntN' : 'asUintN'}(64, ${a} * ${b})`
/** @type {(name: string) => Step} */
export const floatProduct = (name) => (a, b) => (name === 'float32' ? `Math.fround(${a} * ${b})` : `${a} * ${b}`)

/** @type {(name: string) => Method[]} */
export function complexProductBodies(name) {
  /** @type {(text: string) => string} */
  const rounded = (text) => (name === 'complex64' ? `Math.fround(${text})` : text)
  const re = rounded(`${rounded('aRe * bRe')} - ${rounded('aIm * bIm')}`)
  const im = rounded(`${rounded('aRe * bIm')} + ${rounded('aIm * bRe')}`)
  /** @type {(from: string, to: string) => string} */
  const step = (from, to) => `const aRe = acc[${to}] as number
        const aIm = acc[${to} + 1] as number
        const bRe = x[${from}] as number
        const bIm = x[${from} + 1] as number
        acc[${to}] = ${re}
        acc[${to} + 1] = ${im}`
  return [
    method(
      'run',
      `for (let i = start; i < start + n; i++) {
        ${step('2 * i', '2 * at')}
      }`,
    ),
    method(
      'rows',
      `for (let i = 0; i < n; i++) {
        ${step('2 * (start + i)', '2 * (at + i)')}
      }`,
    ),
  ]
}
