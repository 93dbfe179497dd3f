// Making the storage worker's Worker object.
import { WorkerFailedError } from './core/errors.js'
import type { WorkerSource } from './options.js'

/** Errors: WorkerFailedError where the browser refuses at once; what the factory throws; TypeError for what is no Worker. */
export function spawnWorker({ worker, workerUrl }: WorkerSource): Worker {
  if (worker !== undefined) return fromFactory(worker)
  try {
    if (workerUrl !== undefined) return fromUrl(new URL(workerUrl, baseUrl()))
    return new Worker(new URL('../worker/entry.ts', import.meta.url), { type: 'module' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkerFailedError(`the storage worker cannot be started here: ${reason}. See the option 'workerUrl'`, {
      cause: error,
    })
  }
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
  if (!isForeign) return new Worker(url, { type: 'module' })
  const source = `import ${JSON.stringify(url.href)}`
  const blobUrl = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  const worker = new Worker(blobUrl, { type: 'module' })
  const revoke = () => URL.revokeObjectURL(blobUrl)
  worker.addEventListener('message', revoke, { once: true }) // not before the script was fetched
  worker.addEventListener('error', revoke, { once: true })
  return worker
}
