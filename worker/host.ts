// What the storage service gets from the worker: the disk's lock and folder, its container states, who else lives.
import { scheduler } from '../src/engine/scheduler.js'
import type { ServiceHost } from '../src/engine/service.js'
import type { Directory, StateStore } from '../src/engine/storage.js'
import type { OpenRequest } from '../src/protocol.js'
import { OpfsDirectory } from './opfs-directory.js'
import { diskFolder } from './opfs-folders.js'
import { liveClients, takeOwnership } from './ownership.js'
import { IndexedDbStates } from './state-store.js'

export class WorkerHost implements ServiceHost {
  readonly scheduler = scheduler
  readonly ownsBuffers = true
  readonly liveClients = liveClients
  #giveUpOwnership: () => void = () => undefined

  async openDirectory({ name, lockTimeout }: OpenRequest): Promise<Directory> {
    const giveUp = await takeOwnership(name, lockTimeout)
    try {
      const directory = new OpfsDirectory(name, await diskFolder(name))
      this.#giveUpOwnership = giveUp
      return directory
    } catch (error) {
      giveUp()
      throw error
    }
  }

  states(name: string): StateStore {
    return new IndexedDbStates(name)
  }

  async closeDirectory(): Promise<void> {
    this.#giveUpOwnership()
  }
}
