// What the storage service gets from the worker: the disk's folder, its container states, who else lives.
import { scheduler } from '../src/engine/scheduler.js'
import type { ServiceHost } from '../src/engine/service.js'
import type { Directory, StateStore } from '../src/engine/storage.js'
import type { OpenRequest } from '../src/protocol.js'
import { OpfsDirectory } from './opfs-directory.js'
import { diskFolder } from './opfs-folders.js'
import { liveClients } from './ownership.js'
import { type SecondWorker, secondWorker } from './second-worker.js'
import { IndexedDbStates } from './state-store.js'

export class WorkerHost implements ServiceHost {
  readonly scheduler = scheduler
  readonly ownsBuffers = true
  readonly liveClients = liveClients
  readonly second: SecondWorker | undefined
  readonly #giveUp: () => void
  readonly #onClosed: () => void

  /** `giveUp` lets go of the disk's lock; `onClosed`: see OpfsDirectory. */
  constructor(disk: string, giveUp: () => void, onClosed: () => void) {
    this.second = secondWorker(disk)
    this.#giveUp = giveUp
    this.#onClosed = onClosed
  }

  async openDirectory({ name }: OpenRequest): Promise<Directory> {
    try {
      return new OpfsDirectory(name, await diskFolder(name), this.#onClosed)
    } catch (error) {
      this.#giveUp()
      throw error
    }
  }

  states(name: string): StateStore {
    return new IndexedDbStates(name)
  }

  async closeDirectory(): Promise<void> {
    await this.second?.close()
    this.#giveUp()
  }
}
