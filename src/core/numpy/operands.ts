// What operators take in memory, as NDArrays.
import { NDArray } from '../ndarray.js'
import { readTerm } from './terms.js'
import { DEFAULT_DTYPE, fitted, type Weak } from './weak.js'

/**
 * An operand as the array it is, or as the weak scalar it is. A strong scalar is a 0-d array; arrays share their memory.
 * Errors: TypeError for what is no operand, ShapeError, DTypeError.
 */
export function readOperand(value: unknown): NDArray | Weak {
  if (value instanceof NDArray) return value
  const term = readTerm(value)
  return 'weak' in term ? term : NDArray.fromParts(term)
}

/** An operand as an array: a weak scalar is 0-d, of NumPy's default dtype. Errors: as readOperand. */
export function readArray(value: unknown): NDArray {
  const operand = readOperand(value)
  if (operand instanceof NDArray) return operand
  const dtype = DEFAULT_DTYPE[operand.weak]
  return NDArray.from(fitted(operand, dtype), { dtype })
}

/** `out`: an array of this library. Errors: TypeError for anything else. */
export function readOut(value: unknown): NDArray {
  if (value instanceof NDArray) return value
  throw new TypeError(`out must be an NDArray, got ${String(value)}`)
}
