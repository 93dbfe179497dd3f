// Abort and progress of work that is done on the page.
import type { WorkOptions } from './call.js'

/** Tells `onProgress` how far the work is. An exception there is the page's to see, and no concern of the work. */
export function reporter({ onProgress }: WorkOptions, totalBytes: number | undefined): (doneBytes: number) => void {
  if (onProgress === undefined) return () => undefined
  return (doneBytes) => {
    try {
      onProgress({ doneBytes, totalBytes })
    } catch (error) {
      if (typeof reportError === 'function') reportError(error) // Node has none
    }
  }
}

/** Of options that have other fields beside these. */
export function workOptions({ signal, onProgress }: WorkOptions): WorkOptions {
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) }
}

/** For steps of work that reports its progress as a whole. */
export function signalOnly({ signal }: WorkOptions): WorkOptions {
  return signal === undefined ? {} : { signal }
}
