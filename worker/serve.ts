// The storage worker: has the disk's files open, or is a guest of the worker that has. Offers the service to the page over comlink.
import { expose, transfer } from 'comlink'
import { transferables } from '../src/engine/service.js'
import { type EventMessage, PROTOCOL_VERSION, type WorkerParts, type WorkerRoot } from '../src/protocol.js'
import { deleteDisk, listDisks } from './disks.js'
import { Member } from './member.js'
import { holdForLife } from './ownership.js'
import { notePartsForSecond } from './second-worker.js'
import { Sharer, type SharerRoot } from './sharer.js'

/** `findParts` is told where the parts of the worker are, before anything is asked of it. */
export function serve(findParts: (parts: WorkerParts) => void = () => undefined): void {
  const sharer = new Sharer()
  /** From `hello` on, the page's first call. */
  let member: Member
  const root: WorkerRoot & SharerRoot = {
    hello: async (lifeLock, parts = {}) => {
      findParts(parts)
      notePartsForSecond(parts)
      await holdForLife(lifeLock)
      member = new Member(lifeLock, (event) => postMessage({ event } satisfies EventMessage))
      return PROTOCOL_VERSION
    },
    open: (request) => member.open(request),
    call: async (request) => {
      const outcome = await member.call(request)
      return transfer(outcome, outcome.ok ? transferables(outcome.value) : [])
    },
    abort: (id) => member.abort(id),
    told: (id) => member.told(id),
    listDisks,
    deleteDisk,
    shareDisk: (disk) => sharer.shareDisk(disk),
    reduceFor: (share) => sharer.reduceFor(share),
    stopShares: () => sharer.stopShares(),
  }

  // Nobody could answer it, and the page would wait for ever: uncaught, the error reaches the page's Worker object.
  addEventListener('messageerror', () => {
    throw new Error('a request to the storage worker was unreadable')
  })
  expose(root)
}
