// The disk in a storage worker of this page: the page's locks, the worker, and the disk open in it.
import { unlessAborted } from './abort.js'
import { fromErrorData } from './core/error-data.js'
import { randomId } from './ids.js'
import type { ConnectionSetup, Connector, Link, LinkRequest } from './link.js'
import { acquireLock, type HeldLock, requireLocks } from './locks.js'
import { clientLockName, pageLockName } from './names.js'
import {
  DEFAULT_DISK_NAME,
  DEFAULT_EVICTION_POLICY,
  DEFAULT_LOCK_TIMEOUT_MS,
  type DiskOptions,
  requestOf,
} from './options.js'
import { startWorker } from './storage-worker.js'

export function setUpWorker(options: DiskOptions): ConnectionSetup {
  const { name = DEFAULT_DISK_NAME, evictionPolicy = DEFAULT_EVICTION_POLICY } = options
  const client = randomId()
  return { name, backend: 'opfs', evictionPolicy, client, connector: new WorkerConnector(name, client, options) }
}

class WorkerConnector implements Connector {
  readonly endsWithPage = true
  readonly #name: string
  readonly #client: string
  readonly #options: DiskOptions
  /** Held from before the first call until the connection ends: other tabs' sweeps spare what a live client holds. */
  #clientLock: HeldLock | undefined

  constructor(name: string, client: string, options: DiskOptions) {
    this.#name = name
    this.#client = client
    this.#options = options
  }

  async connect(request: LinkRequest): Promise<Link> {
    const { lockTimeout = DEFAULT_LOCK_TIMEOUT_MS } = this.#options
    const deadline = performance.now() + lockTimeout
    requireLocks()
    await this.#lockClient(request.signal)
    return this.#start(request, Math.max(0, deadline - performance.now()))
  }

  dispose(): void {
    this.#clientLock?.release()
  }

  async #start(request: LinkRequest, lockTimeout: number): Promise<Link> {
    const { signal, holds, receive } = request
    const { remote, lost, end } = await startWorker(this.#options, receive, signal)
    try {
      const identity = { name: this.#name, client: this.#client, ...requestOf(this.#options) }
      const opening = remote.open({ ...identity, lockTimeout, holds })
      const outcome = await unlessAborted(signal, unlessAborted(lost, opening))
      if (!outcome.ok) throw fromErrorData(outcome.error)
    } catch (error) {
      end()
      throw error
    }
    const letGo = queuePage(this.#name)
    const endAll = () => {
      end()
      letGo()
    }
    return { service: remote, lost, end: endAll }
  }

  async #lockClient(signal: AbortSignal): Promise<void> {
    this.#clientLock ??= await acquireLock(clientLockName(this.#client), {
      signal,
      timeoutMs: Number.POSITIVE_INFINITY,
    })
  }
}

/**
 * Every page with the disk holds this lock or waits for it, so that browsers see that pages block each other, and are slow to
 * freeze the one that holds it. Returns how to end that.
 */
function queuePage(name: string): () => void {
  const ended = new AbortController()
  let held: HeldLock | undefined
  acquireLock(pageLockName(name), { signal: ended.signal, timeoutMs: Number.POSITIVE_INFINITY }).then(
    (lock) => {
      held = lock
    },
    () => undefined, // ended before
  )
  return () => {
    ended.abort()
    held?.release()
  }
}
