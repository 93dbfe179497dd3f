// What is said of sizes, and how much of it is believed.
import { InvalidSourceError } from '../core/errors.js'

/** Room is reserved as it is announced: what nobody can have is not even asked for. */
const MAX_BELIEVED_BYTES = 2 ** 42

/** `what` has that many bytes of elements by its own account. Errors: InvalidSourceError. */
export function checkBelievable(nbytes: number, what: string): void {
  if (nbytes > MAX_BELIEVED_BYTES) throw new InvalidSourceError(`${what} announces ${nbytes} bytes of data`)
}
