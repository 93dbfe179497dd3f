// What a service replies to a call: the outcome, and the memory that came with the call, to be used again.
import type { CallRequest, Outcome } from './protocol.js'

export interface Reply {
  readonly outcome: Outcome<unknown>
  /** That of the request's `bytes`, whatever came of the call. */
  readonly buffer?: ArrayBuffer
}

/** Of a service that is done with the request. */
export function replyTo({ params }: CallRequest, outcome: Outcome<unknown>): Reply {
  return 'bytes' in params && params.bytes.buffer instanceof ArrayBuffer
    ? { outcome, buffer: params.bytes.buffer }
    : { outcome }
}
