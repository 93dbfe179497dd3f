// What answers the calls of the protocol.
import type { MethodName, PageMethod, Params, Result } from '../protocol.js'
import type { Client } from './client.js'
import type { Work } from './work.js'

export type Handlers = {
  readonly [M in Exclude<MethodName, PageMethod | 'close'>]: (
    p: Params<M>,
    work: Work,
    client: Client,
  ) => Result<M> | Promise<Result<M>>
}
