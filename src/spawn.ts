// Making the storage worker's Worker object.
import { WorkerFailedError } from './core/errors.js'
import type { DiskOptions, WorkerSource } from './options.js'
import type { WorkerParts } from './protocol.js'

/** The library's own worker, in the words that bundlers look for. Throws what the browser does. */
function newWorker(): Worker {
  return new Worker(new URL('../worker/entry.ts', import.meta.url), { type: 'module' })
}

/** Where the parts of that worker are. The build writes them here, in the words that bundlers look for; in source it is whole. */
export function partsOfWorker(): WorkerParts {
  return {}
}

/** Started, and not handed out yet. */
let ahead: Worker | undefined

/** Whether a disk opened so has the library's own worker. */
function takesOwnWorker({ backend, worker, workerUrl, port, signal }: DiskOptions): boolean {
  if (backend === 'memory' || worker !== undefined || workerUrl !== undefined || port !== undefined) return false
  return typeof Worker === 'function' && globalThis.isSecureContext && signal?.aborted !== true
}

/**
 * Starts the library's own worker before what talks to it is there, for a disk that takes it; returns how to end it where it is not
 * wanted. Where it fails or the browser refuses, the one that `spawnWorker` makes then says why.
 */
export function spawnAhead(options: DiskOptions = {}): () => void {
  try {
    if (!takesOwnWorker(options)) return () => undefined
    const worker = newWorker()
    const end = () => {
      if (ahead === worker) takeAhead()?.terminate()
    }
    worker.addEventListener('error', (event) => {
      if (ahead === worker) event.preventDefault()
      end()
    })
    ahead = worker
    return end
  } catch {
    return () => undefined
  }
}

function takeAhead(): Worker | undefined {
  const worker = ahead
  ahead = undefined
  return worker
}

/** Errors: WorkerFailedError where the browser refuses at once; what the factory throws; TypeError for what is no Worker. */
export function spawnWorker({ worker, workerUrl }: WorkerSource): Worker {
  if (worker !== undefined) return fromFactory(worker)
  try {
    return workerUrl === undefined ? (takeAhead() ?? newWorker()) : fromUrl(new URL(workerUrl, baseUrl()))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkerFailedError(`the storage worker cannot be started here: ${reason}. See the option 'workerUrl'`, {
      cause: error,
    })
  }
}

/** A worker that runs `source`, of the page's origin. Throws what the browser does. */
export function workerOf(source: string): Worker {
  const blobUrl = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  const worker = new Worker(blobUrl, { type: 'module' })
  const revoke = () => URL.revokeObjectURL(blobUrl)
  worker.addEventListener('message', revoke, { once: true }) // not before the script was fetched
  worker.addEventListener('error', revoke, { once: true })
  return worker
}

function fromFactory(make: () => Worker): Worker {
  const made = make()
  if (typeof made?.postMessage === 'function' && typeof made.terminate === 'function') return made
  throw new TypeError(`openDisk: option 'worker' must make a Worker, got ${String(made)}`)
}

/** What relative addresses are relative to, as in `new Worker()`. */
const baseUrl = (): string => (typeof document === 'undefined' ? location.href : document.baseURI)

/** Browsers refuse a worker script of another origin, but not a script of this one that imports it. */
function fromUrl(url: URL): Worker {
  const isForeign = url.protocol.startsWith('http') && url.origin !== location.origin
  return isForeign ? workerOf(`import ${JSON.stringify(url.href)}`) : new Worker(url, { type: 'module' })
}
