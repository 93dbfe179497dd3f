// An array gets another path, in place of what is there, and may stay from then on: one commit.
import { checkPath } from '../core/path.js'
import type { Params } from '../protocol.js'
import type { Origin } from './calls.js'
import type { Engine } from './engine.js'
import type { Description, Entry } from './entry.js'

/** `gone`: incarnations that were replaced. Errors: NotFoundError, KeyExistsError, InvalidPathError, QuotaExceededError. */
export function rename(
  engine: Engine,
  { from, to, overwrite, purge }: Params<'rename'>,
  origin: Origin | undefined,
): { renamed: Entry; gone: number[] } {
  const entry = engine.entryAt(from)
  if (from === to) return { renamed: entry, gone: [] }
  const other = engine.arrays.at(checkPath(to))
  if (overwrite !== true) engine.checkFree(to)
  const description = { path: to, ...(purge !== undefined && lasting(entry, purge)) }
  const renamed = engine.describe(entry, description, origin, other)
  return { renamed, gone: other === undefined ? [] : [other.incarnation] }
}

/** What an ephemeral array becomes that is to outlive its page, unless purge is armed. */
function lasting({ clients }: Entry, purge: boolean): Partial<Description> {
  return { ephemeral: false, purge, clients: purge ? clients : [] }
}
