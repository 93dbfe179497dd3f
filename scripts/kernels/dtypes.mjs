// How kernels see each dtype: the class of its memory, the kind of arithmetic, and how a result is rounded.

/**
 * @typedef {object} KernelType
 * @property {string} name the dtype
 * @property {string} array the class of its memory
 * @property {'bool' | 'int' | 'uint' | 'bigint' | 'float' | 'complex'} kind
 * @property {boolean} signed
 * @property {number} bits
 * @property {boolean} [isHalf] read through a table of numbers, rounded to bits when stored
 */

/** @type {(name: string, array: string, kind: KernelType['kind'], bits: number, signed?: boolean) => KernelType} */
const type = (name, array, kind, bits, signed = false) => ({ name, array, kind, bits, signed })

export const BOOL = [type('bool', 'Uint8Array', 'bool', 8)]
const SMALL = [
  type('int8', 'Int8Array', 'int', 8, true),
  type('int16', 'Int16Array', 'int', 16, true),
  type('int32', 'Int32Array', 'int', 32, true),
  type('uint8', 'Uint8Array', 'uint', 8),
  type('uint16', 'Uint16Array', 'uint', 16),
  type('uint32', 'Uint32Array', 'uint', 32),
]
export const WIDE = [type('int64', 'BigInt64Array', 'bigint', 64, true), type('uint64', 'BigUint64Array', 'bigint', 64)]
const FLOATS = [
  { ...type('float16', 'Uint16Array', 'float', 32, true), isHalf: true },
  type('float32', 'Float32Array', 'float', 32, true),
  type('float64', 'Float64Array', 'float', 64, true),
]
export const COMPLEX = [
  type('complex64', 'Float32Array', 'complex', 32, true),
  type('complex128', 'Float64Array', 'complex', 64, true),
]
const INTEGERS = [...SMALL, ...WIDE]
export const NUMBERS = [...INTEGERS, ...FLOATS]

/**
 * Rounds an expression to the type: float32 at every step, 64-bit integers modulo 2^64; smaller integers wrap when stored.
 * @param {KernelType} type @param {string} expression
 */
export function rounded({ name, kind, bits, signed }, expression) {
  if (kind === 'bigint') return `BigInt.${signed ? 'asIntN' : 'asUintN'}(64, ${expression})`
  if (bits === 32 && (kind === 'float' || kind === 'complex')) return `Math.fround(${expression})`
  if (name === undefined) throw new Error('a type has a name')
  return expression
}

/** A literal of the type. @param {KernelType} type @param {number} value */
export function literal({ kind }, value) {
  return kind === 'bigint' ? `${value}n` : String(value)
}
