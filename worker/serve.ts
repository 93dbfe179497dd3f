// The storage worker: has the disk's files open, or is a guest of the worker that has. Offers the service to the page over comlink.
import { expose } from 'comlink'
import { answerCalls } from '../src/call-messages.js'
import { type EventMessage, PROTOCOL_VERSION, type WorkerParts, type WorkerRoot } from '../src/protocol.js'
import { replyTo } from '../src/reply.js'
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
  const root: Omit<WorkerRoot, 'call'> & SharerRoot = {
    hello: async (lifeLock, parts) => {
      if (parts !== undefined) findParts(parts)
      notePartsForSecond(parts)
      await holdForLife(lifeLock)
      member = new Member(lifeLock, (event) => {
        answers.flush() // events and answers arrive in the order they were sent
        postMessage({ event } satisfies EventMessage)
      })
      return PROTOCOL_VERSION
    },
    open: (request) => member.open(request),
    abort: (id) => member.abort(id),
    told: (id) => member.told(id),
    listDisks,
    deleteDisk,
    shareDisk: (disk) => sharer.shareDisk(disk),
    reduceFor: (share) => sharer.reduceFor(share),
    computeFor: (share, port) => sharer.computeFor(share, port),
    stopShares: () => sharer.stopShares(),
    closeDisk: () => sharer.closeDisk(),
  }

  // Nobody could answer it, and the page would wait for ever: uncaught, the error reaches the page's Worker object.
  addEventListener('messageerror', () => {
    throw new Error('a request to the storage worker was unreadable')
  })
  const answers = answerCalls(globalThis, async (request) => replyTo(request, await member.call(request)))
  expose(root)
}
