// Arrays that another worker reads by itself: their blocks stay in place until it says that it has read them.
import { DTYPES } from '../core/dtype.js'
import type { ResolvedSelection } from '../core/selection.js'
import { sizeOf } from '../core/shape.js'
import type { Params } from '../protocol.js'
import type { Client } from './client.js'
import type { Engine } from './engine.js'
import type { Entry } from './entry.js'

/** From here on reading twice as fast is worth the two messages more. */
const LEASE_BYTES = 256 * 1024

export interface Lease {
  readonly lease: number
  /** The array as it is read. */
  readonly entry: Entry
}

/** undefined where it is less than a lease is worth. Errors: StaleArrayError. */
export function leaseOf(engine: Engine, client: Client, params: Params<'read' | 'readMany'>): Lease | undefined {
  const { incarnation } = params
  const selections = selectionsOf(params)
  const entry = engine.entry(incarnation)
  if (bytesOf(entry, selections) < LEASE_BYTES) return undefined
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  void engine.reading(() => ended, [incarnation])
  return { lease: client.lease(end), entry }
}

/** undefined: everything. */
export function selectionsOf(params: Params<'read' | 'readMany'>): readonly ResolvedSelection[] | undefined {
  return 'selections' in params ? params.selections : params.selection && [params.selection]
}

function bytesOf({ dtype, nbytes }: Entry, selections: readonly ResolvedSelection[] | undefined): number {
  if (selections === undefined) return nbytes
  const sizes = selections.map((selection) => sizeOf(selection.map(({ count }) => count)))
  return DTYPES[dtype].itemsize * sizes.reduce((sum, size) => sum + size, 0)
}
