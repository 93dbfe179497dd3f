// What answers the calls of the protocol.
import type { MethodName, PageMethod, Params, Result } from '../protocol.js'
import type { Client } from './client.js'
import type { Work } from './work.js'

/** Any of them, where it is not known that the parameters are its own. */
export type Handler = (p: Params<MethodName>, work: Work, client: Client) => unknown

export type Handlers = {
  readonly [M in Exclude<MethodName, PageMethod | 'close'>]: (
    p: Params<M>,
    work: Work,
    client: Client,
  ) => Result<M> | Promise<Result<M>>
}

/** Methods after which `durability: 'strict'` waits for the mark. */
export const CHANGING: ReadonlySet<MethodName> = new Set<MethodName>([
  'put',
  'commitWrite',
  'set',
  'append',
  'evaluateInto',
  'setAttributes',
  'setPurge',
  'rename',
  'delete',
  'purge',
  'clear',
  'saveState',
  'evict',
])

/** Methods that neither change nor read what is on disk: one that is watched is idle all the same. */
export const LOOKING: ReadonlySet<MethodName> = new Set<MethodName>(['stat', 'list', 'usage', 'stats', 'keepBuffers'])

/** Methods whose array counts as used by them. */
export const USING: ReadonlySet<MethodName> = new Set<MethodName>(['read', 'readMany', 'set', 'append'])
