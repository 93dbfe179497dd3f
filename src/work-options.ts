// Abort and progress of work that is done on the page.
import type { WorkOptions } from './call.js'

/** Errors: TypeError. */
export function checkWorkOptions({ signal, onProgress }: WorkOptions): void {
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    throw new TypeError(`signal is an AbortSignal, got ${String(signal)}`)
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(`onProgress is a function, got ${String(onProgress)}`)
}

/**
 * Tells `onProgress` how far the work is. An exception there is the page's to see, and no concern of the work. Errors: TypeError where
 * it is no function.
 */
export function reporter(options: WorkOptions, totalBytes: number | undefined): (doneBytes: number) => void {
  checkWorkOptions(options)
  const { onProgress } = options
  if (onProgress === undefined) return () => undefined
  return (doneBytes) => {
    try {
      onProgress({ doneBytes, totalBytes })
    } catch (error) {
      if (typeof reportError === 'function') reportError(error) // Node has none
    }
  }
}

/** Of options that have other fields beside these. Errors: TypeError. */
export function workOptions(options: WorkOptions): WorkOptions {
  checkWorkOptions(options)
  const { signal, onProgress } = options
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) }
}

/** For steps of work that reports its progress as a whole. */
export function signalOnly({ signal }: WorkOptions): WorkOptions {
  return signal === undefined ? {} : { signal }
}
