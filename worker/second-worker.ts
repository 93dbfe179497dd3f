// A second worker that reads and computes beside the owner's, over handles of its own on the data files. It runs the owner's
// script, from the first computation that is worth it until the disk is closed.
import { transfer, wrap } from 'comlink'
import type { ElementsShare, PieceShare, SecondThread } from '../src/engine/operators/sharing.js'
import { secondLockName } from '../src/names.js'
import type { WorkerParts } from '../src/protocol.js'
import { SHARES_HANDLES } from './opfs-directory.js'
import { whenFree } from './ownership.js'
import type { SharerRoot } from './sharer.js'

let parts: WorkerParts | undefined

/** Notes where the parts of this worker are, for the second one; undefined where its script may do more than serve a disk. */
export function notePartsForSecond(told: WorkerParts | undefined): void {
  parts = told
}

/**
 * undefined where there is but one core, a file cannot be open twice, this worker's script was a text, whose address is gone, or may do
 * more than the library's, and so not twice.
 */
export function secondWorker(disk: string): SecondWorker | undefined {
  const isScriptKnown = parts !== undefined && location.protocol !== 'blob:'
  return SHARES_HANDLES && navigator.hardwareConcurrency > 1 && isScriptKnown ? new SecondWorker(disk) : undefined
}

export class SecondWorker implements SecondThread {
  readonly #disk: string
  #root: SharerRoot | undefined
  #ready: Promise<boolean> | undefined
  readonly #ended = new AbortController()
  /** Rejects when the worker is no more. */
  #lost = new Promise<never>(() => undefined)

  constructor(disk: string) {
    this.#disk = disk
  }

  ready(): Promise<boolean> {
    this.#ready ??= this.#start().catch(() => false)
    return this.#ready
  }

  async reduce(share: PieceShare): ReturnType<SecondThread['reduce']> {
    return Promise.race([this.#running.reduceFor(share), this.#lost])
  }

  async compute(share: ElementsShare, port: MessagePort): Promise<void> {
    return Promise.race([this.#running.computeFor(share, transfer(port, [port])), this.#lost])
  }

  stop(): void {
    this.#root?.stopShares()
  }

  /**
   * Closes its files. It ends with this worker, and not before: of a worker that is ended right after one that it had made, Chromium
   * (156) keeps both for ever, and debuggers wait for their answers.
   */
  async close(): Promise<void> {
    this.stop()
    await Promise.race([this.#root?.closeDisk(), this.#lost]).catch(() => undefined) // without it there is nothing open
    this.#ended.abort()
  }

  get #running(): SharerRoot {
    if (this.#root === undefined) throw new Error('the second worker is not ready')
    return this.#root
  }

  /** Rejects where the browser refuses: then there is none. */
  async #start(): Promise<boolean> {
    const worker = new Worker(location.href, { type: 'module' })
    const failed = new Promise<never>((_, reject) => worker.addEventListener('error', reject, { once: true }))
    const root = wrap<SharerRoot>(worker) as unknown as SharerRoot // every method of it is asynchronous already
    const lock = secondLockName(this.#disk)
    await Promise.race([root.hello(lock, parts).then(() => root.shareDisk(this.#disk)), failed])
    this.#root = root
    this.#lost = whenFree(lock, this.#ended.signal).then(() => {
      this.#ready = Promise.resolve(false)
      throw new Error('the second worker has ended')
    })
    this.#lost.catch(() => undefined)
    return true
  }
}
