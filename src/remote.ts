// comlink on the page: a storage service at the other end of a Worker or MessagePort, and one offered over a port.
import { expose, transfer, wrap } from 'comlink'
import type { Service } from './link.js'
import type { EventMessage, Outcome, RelayRoot, ServiceMessage, WorkerRoot } from './protocol.js'

/** Neither the root nor its methods may be collected while a call is on its way: comlink would drop the answer. */
export type Remote = Service & Omit<WorkerRoot & RelayRoot, keyof Service>

type Endpoint = Pick<Worker | MessagePort, 'postMessage'> & EventTarget

/** Events come over the same channel as the answers, so that they arrive in the order they were sent. */
export function wrapService(endpoint: Endpoint, receive: (message: ServiceMessage) => void): Remote {
  endpoint.addEventListener('message', (event) => {
    const data: unknown = event instanceof MessageEvent ? event.data : undefined
    if (isEventMessage(data)) receive(data.event)
  })
  const root = wrap<WorkerRoot & RelayRoot>(endpoint)
  const { hello, open, call, abort, told, identify, listDisks, deleteDisk } = root
  return {
    hello: (lifeLock, parts) => hello(lifeLock, parts),
    open: (request) => open(request),
    call: (request, buffers) => call(transfer(request, buffers)),
    abort: (id) => void abort(id).catch(() => undefined), // nobody waits for it
    told: (id) => void told(id).catch(() => undefined), // nor for this
    identify: () => identify(),
    listDisks: () => listDisks(),
    deleteDisk: (name) => deleteDisk(name),
  }
}

/** Returns how to send events. The buffer of a result moves. */
export function exposeService(root: RelayRoot, port: MessagePort): (message: ServiceMessage) => void {
  const offered: RelayRoot = {
    hello: (lifeLock) => root.hello(lifeLock),
    identify: () => root.identify(),
    open: (request) => root.open(request),
    call: async (request) => {
      const outcome = await root.call(request)
      return transfer(outcome, resultBuffers(outcome))
    },
    abort: (id) => root.abort(id),
    told: (id) => root.told(id),
  }
  expose(offered, port)
  return (event) => port.postMessage({ event } satisfies EventMessage)
}

function isEventMessage(data: unknown): data is EventMessage {
  return typeof data === 'object' && data !== null && 'event' in data
}

function resultBuffers(outcome: Outcome<unknown>): ArrayBuffer[] {
  if (!outcome.ok || typeof outcome.value !== 'object' || outcome.value === null) return []
  return 'buffer' in outcome.value && outcome.value.buffer instanceof ArrayBuffer ? [outcome.value.buffer] : []
}
