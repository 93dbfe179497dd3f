// Progress of work that reads or writes several things after each other.
import type { WorkOptions } from '../call.js'
import { reporter } from '../work-options.js'

/** What to call with the number of bytes that are done more; `before`: those that were done already. */
export function meter(
  totalBytes: number | undefined,
  options: WorkOptions,
  before: number = 0,
): (byteLength: number) => void {
  const report = reporter(options, totalBytes === undefined ? undefined : before + totalBytes)
  let doneBytes = before
  report(doneBytes)
  return (byteLength) => {
    doneBytes += byteLength
    report(doneBytes)
  }
}

/** As `meter`, of these together. */
export function meterOf(
  parts: readonly { readonly byteLength: number }[],
  options: WorkOptions,
  before?: number,
): (byteLength: number) => void {
  return meter(
    parts.reduce((sum, { byteLength }) => sum + byteLength, 0),
    options,
    before,
  )
}

/** Ending it ends the chunks at once, also where they hang. */
export function counted(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (byteLength: number) => void,
): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const each = chunks[Symbol.asyncIterator]()
      return {
        async next() {
          const next = await each.next()
          if (next.done !== true) onBytes(next.value.byteLength)
          return next
        },
        async return() {
          await each.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}

/** For work that reports its own progress, after `before` bytes of other work. */
export function goingOn({ onProgress }: WorkOptions, before: number): Pick<WorkOptions, 'onProgress'> {
  if (onProgress === undefined) return {}
  return {
    onProgress: ({ doneBytes, totalBytes }) =>
      onProgress({
        doneBytes: before + doneBytes,
        totalBytes: totalBytes === undefined ? undefined : before + totalBytes,
      }),
  }
}
