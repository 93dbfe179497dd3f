// What a service replies to a call: the outcome, and the memory that came with the call, to be used again.
import type { CallRequest, Outcome } from './protocol.js'

export interface Reply {
  readonly outcome: Outcome<unknown>
  /** That of the request's `bytes`, or of the first ones that are put, whatever came of the call. */
  readonly buffer?: ArrayBuffer
}

/** Of a service that is done with the request. */
export function replyTo({ params }: CallRequest, outcome: Outcome<unknown>): Reply {
  const bytes = 'bytes' in params ? params.bytes : 'puts' in params ? params.puts[0]?.bytes : undefined
  return bytes?.buffer instanceof ArrayBuffer ? { outcome, buffer: bytes.buffer } : { outcome }
}
