// comlink on the page: a storage service at the other end of a Worker or MessagePort, and one offered over a port.
import { expose, wrap } from 'comlink'
import { answerCalls, sendCalls } from './call-messages.js'
import type { Service } from './link.js'
import type { CallRequest, EventMessage, RelayRoot, ServiceMessage, WorkerRoot } from './protocol.js'
import type { Reply } from './reply.js'

/** Neither the root nor its methods may be collected while a call is on its way: comlink would drop the answer. */
export type Remote = Service & Omit<WorkerRoot & RelayRoot, keyof Service>

export interface OfferedService extends Omit<RelayRoot, 'call'> {
  call(request: CallRequest): Promise<Reply>
}

type Endpoint = Worker | MessagePort

/** Events come over the same channel as the answers, so that they arrive in the order they were sent. */
export function wrapService(endpoint: Endpoint, receive: (message: ServiceMessage) => void): Remote {
  endpoint.addEventListener('message', (event) => {
    const data: unknown = event instanceof MessageEvent ? event.data : undefined
    if (isEventMessage(data)) receive(data.event)
  })
  const calls = sendCalls(endpoint)
  const root = wrap<WorkerRoot & RelayRoot>(endpoint)
  const { hello, open, abort, told, identify, listDisks, deleteDisk } = root
  return {
    hello: (lifeLock, parts) => hello(lifeLock, parts),
    open: (request) => open(request),
    call: calls.call,
    abort: (id) => {
      calls.flush()
      void abort(id).catch(() => undefined) // nobody waits for it
    },
    told: (id) => void told(id).catch(() => undefined), // nor for this
    identify: () => identify(),
    listDisks: () => listDisks(),
    deleteDisk: (name) => deleteDisk(name),
  }
}

/** Returns how to send events. */
export function exposeService(root: OfferedService, port: MessagePort): (message: ServiceMessage) => void {
  const offered: Omit<OfferedService, 'call'> = {
    hello: (lifeLock) => root.hello(lifeLock),
    identify: () => root.identify(),
    open: (request) => root.open(request),
    abort: (id) => root.abort(id),
    told: (id) => root.told(id),
  }
  const answers = answerCalls(port, (request) => root.call(request))
  expose(offered, port)
  return (event) => {
    answers.flush() // events and answers arrive in the order they were sent
    port.postMessage({ event } satisfies EventMessage)
  }
}

function isEventMessage(data: unknown): data is EventMessage {
  return typeof data === 'object' && data !== null && 'event' in data
}
