// When the browser sets the page aside and takes it back.

interface Lifecycle {
  suspend(): void
  resume(): void
}

/**
 * Calls `suspend` before the page is frozen or hidden for good, `resume` when it is back, and returns a function that ends
 * this. Does nothing in a worker, which gets no such events.
 */
export function watchPageLifecycle(concerned: Lifecycle): () => void {
  if (typeof document === 'undefined') return () => undefined
  const ended = new AbortController()
  const { signal } = ended
  const suspend = () => concerned.suspend()
  const resume = () => concerned.resume()
  document.addEventListener('freeze', suspend, { signal })
  document.addEventListener('resume', resume, { signal })
  window.addEventListener('pagehide', suspend, { signal })
  window.addEventListener('pageshow', resume, { signal })
  return () => ended.abort()
}
