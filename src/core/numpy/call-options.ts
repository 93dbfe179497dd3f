// What comes after the operands of a call.
import { isArrayLike } from '../given.js'

/** The options as they are. Errors: TypeError for what are none, such as an operand too many or an axis by its place. */
export function checkOptions<O extends object>(options: O): O {
  const isArray = Array.isArray(options) || ArrayBuffer.isView(options) || isArrayLike(options)
  if (typeof options === 'object' && options !== null && !isArray) return options
  throw notOptions(isArray ? 'an array' : options === null ? 'null' : typeof options)
}

export function notOptions(given: string): TypeError {
  return new TypeError(`options are an object such as { out }, got ${given}`)
}
