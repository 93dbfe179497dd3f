// What a call that succeeded has changed of arrays that others may hold.
import type { ArrayMeta, MethodName, Result } from './protocol.js'

type Written = { readonly [M in MethodName]?: (result: Result<M>) => readonly ArrayMeta[] }

const WRITTEN: Written = {
  put: (results) => results.map(({ meta }) => meta),
  commitWrite: (results) => results.map(({ meta }) => meta),
  set: (meta) => [meta],
  append: (meta) => [meta],
  evaluateInto: ({ results }) => results.filter((result) => 'incarnation' in result),
  setAttributes: (meta) => [meta],
  rename: (meta) => [meta],
}

/** The arrays as they are now. What was deleted or replaced the service tells itself. */
export function writtenBy<M extends MethodName>(method: M, result: Result<M>): readonly ArrayMeta[] {
  return WRITTEN[method]?.(result) ?? []
}
