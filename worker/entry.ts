// The storage worker: the only owner of the disk's files. Offers the service to the page over comlink.
import { expose, transfer } from 'comlink'
import { createService, transferables } from '../src/engine/service.js'
import type { EventMessage, WorkerRoot } from '../src/protocol.js'
import { deleteDisk, listDisks } from './disks.js'
import { WorkerHost } from './host.js'
import { holdForLife } from './ownership.js'

const service = createService(new WorkerHost(), (event) => postMessage({ event } satisfies EventMessage))

const root: WorkerRoot = {
  hello: async (lifeLock) => {
    await holdForLife(lifeLock)
    return service.hello(lifeLock)
  },
  open: (request) => service.open(request),
  call: async (request) => {
    const outcome = await service.call(request)
    return transfer(outcome, outcome.ok ? transferables(outcome.value) : [])
  },
  abort: (id) => service.abort(id),
  told: (id) => service.told(id),
  listDisks,
  deleteDisk,
}

// Nobody could answer it, and the page would wait for ever: uncaught, the error reaches the page's Worker object.
addEventListener('messageerror', () => {
  throw new Error('a request to the storage worker was unreadable')
})
expose(root)
