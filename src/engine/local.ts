// The storage service in the page's own thread, over memory. Disks last as long as the page.
import type { ServiceMessage, ServiceRoot } from '../protocol.js'
import { MemoryDirectory, MemoryStateStore } from './memory-directory.js'
import { scheduler } from './scheduler.js'
import { createService } from './service.js'

const disks = new Map<string, { readonly directory: MemoryDirectory; readonly states: MemoryStateStore }>()

function diskOf(name: string): { readonly directory: MemoryDirectory; readonly states: MemoryStateStore } {
  const disk = disks.get(name) ?? { directory: new MemoryDirectory(), states: new MemoryStateStore() }
  disks.set(name, disk)
  return disk
}

export function createLocalService(send: (message: ServiceMessage) => void): ServiceRoot {
  const clients = new Set<string>()
  return createService(
    {
      openDirectory: async ({ name, client }) => {
        clients.add(client)
        return diskOf(name).directory
      },
      states: (name) => diskOf(name).states,
      scheduler,
      liveClients: async () => clients,
      closeDirectory: async () => undefined,
      ownsBuffers: false,
    },
    send,
  )
}

export function listLocalDisks(): string[] {
  return [...disks.keys()]
}

export function deleteLocalDisk(name: string): void {
  disks.delete(name)
}
