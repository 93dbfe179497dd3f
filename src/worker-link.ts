// The disk in a storage worker of this page: the page's locks, the worker, and the disk open in it.
import { unlessAborted } from './abort.js'
import { fromErrorData } from './core/error-data.js'
import { DiskLockedError } from './core/errors.js'
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
    const pageLock = await lockPage(this.#name, request.signal, lockTimeout)
    try {
      return await this.#start(request, pageLock, Math.max(0, deadline - performance.now()))
    } catch (error) {
      pageLock.release()
      throw error
    }
  }

  dispose(): void {
    this.#clientLock?.release()
  }

  /** The page's lock goes after the worker, so that who is granted it finds the worker's locks and files let go of. */
  async #start(request: LinkRequest, pageLock: HeldLock, lockTimeout: number): Promise<Link> {
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
    const endAll = () => {
      end()
      pageLock.release()
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

/** Errors: DiskLockedError where another page has the disk for longer; the signal's reason. */
export async function lockPage(name: string, signal: AbortSignal, timeoutMs: number): Promise<HeldLock> {
  const lock = await acquireLock(pageLockName(name), { signal, timeoutMs })
  if (lock !== undefined) return lock
  throw new DiskLockedError(
    `disk '${name}' is open elsewhere: waited ${timeoutMs} ms for another tab or worker to close it`,
  )
}
