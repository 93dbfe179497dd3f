// Where the elements of an operand are when its turn has come.
import { StaleArrayError } from '../core/errors.js'
import { NDArray } from '../core/ndarray.js'
import { sameShape, shapeText } from '../core/shape.js'
import type { Custody } from '../custody.js'
import { InMemory } from '../live.js'
import type { Session } from '../session.js'
import type { KeptSource, Source } from './leaves.js'

/**
 * An operand whose elements are in memory, and not on the disk of `home` as they are; else undefined. Called in its turn.
 * Errors: StaleArrayError where it is not what it was, TypeError, what `describeBuffer` throws.
 */
export function inMemory(source: Source, home: Session | undefined): NDArray | undefined {
  if (!('custody' in source)) return source instanceof NDArray ? source : NDArray.fromParts(source)
  checkSame(source)
  const { custody, dtype, layout } = source
  const isNeeded = custody.place instanceof InMemory || custody.place.session !== home || hasChanges(custody)
  const data = isNeeded ? custody.buffer : undefined
  return data && NDArray.fromParts({ data, dtype, ...layout })
}

/** Memory holds what the disk does not, or may hold it any moment. */
function hasChanges({ place: { live } }: Custody): boolean {
  return live?.dirty === true || live?.out === true
}

function checkSame({ custody, base }: KeptSource): void {
  const { shape } = custody.described
  if (sameShape(shape, base)) return
  const path = custody.residency?.path
  throw new StaleArrayError(
    `array${path === undefined ? '' : ` '${path}'`} was of shape ${shapeText(base)} when the expression was built, ` +
      `and is of ${shapeText(shape)} now`,
  )
}
