// Which calls may be sent to another storage service when the one they were sent to is lost.
import type { MethodName } from './protocol.js'

/**
 * Methods that may be sent again after the worker was lost during the call: repeating them cannot change the outcome.
 * Those whose request carries a buffer are not among them, for the buffer went with the worker.
 */
export const REPEATABLE: ReadonlySet<MethodName> = new Set<MethodName>([
  'open',
  'stat',
  'list',
  'setPurge',
  'setAttributes',
  'purge',
  'loadState',
  'usage',
  'stats',
  'check',
  'flush',
  'keepBuffers',
  'compact',
  'close',
  'beginWrite',
  'read',
  'readMany',
  'evaluate',
])
