// Storage services for tests of the boundary: behind real MessageChannels, with answers the test decides.
import { Connection } from '../../src/connection.js'
import { fromErrorData, toErrorData } from '../../src/core/error-data.js'
import { WorkerFailedError } from '../../src/core/errors.js'
import { createLocalService } from '../../src/engine/local.js'
import type { Connector, Link, LinkRequest } from '../../src/link.js'
import {
  type CallRequest,
  type OpenRequest,
  type Outcome,
  PROTOCOL_VERSION,
  type RelayRoot,
  type ServiceMessage,
} from '../../src/protocol.js'
import { exposeService, type OfferedService, wrapService } from '../../src/remote.js'
import { type Reply, replyTo } from '../../src/reply.js'

const never = new Promise<never>(() => {})

/** Answers what `answer` returns; an error it throws or rejects with is the call's. By itself no call but 'close' is answered. */
export class FakeService implements OfferedService {
  readonly opened: OpenRequest[] = []
  readonly calls: CallRequest[] = []
  readonly aborted: number[] = []
  isEnded = false
  answer: (request: CallRequest) => unknown = () => never
  onClose: () => void = () => {}
  send: (message: ServiceMessage) => void = () => {}

  async hello(): Promise<number> {
    return PROTOCOL_VERSION
  }

  async identify(): ReturnType<RelayRoot['identify']> {
    return {
      name: 'fake',
      backend: 'opfs',
      role: 'owner',
      evictionPolicy: 'none',
      memoryBudget: Number.POSITIVE_INFINITY,
    }
  }

  async open(request: OpenRequest): Promise<Outcome<void>> {
    this.opened.push(request)
    return { ok: true, value: undefined }
  }

  async call(request: CallRequest): Promise<Reply> {
    this.calls.push(request)
    return replyTo(request, await this.#outcome(request))
  }

  async #outcome(request: CallRequest): Promise<Outcome<unknown>> {
    try {
      return { ok: true, value: await (request.method === 'close' ? this.onClose() : this.answer(request)) }
    } catch (error) {
      return { ok: false, error: toErrorData(error) }
    }
  }

  abort(id: number): void {
    this.aborted.push(id)
  }

  told: (id: number) => void = () => {}

  get methods(): string[] {
    return this.calls.map(({ method }) => method)
  }
}

/** Answers every call with its method's name. */
export function echoService(): FakeService {
  const service = new FakeService()
  service.answer = ({ method }) => method
  return service
}

/** The real engine over a disk in memory. */
export function realService(): FakeService {
  const service = new FakeService()
  const root = createLocalService((message) => service.send(message))
  service.open = (request) => root.open(request)
  service.call = async (request) => replyTo(request, await root.call(request))
  service.abort = (id) => root.abort(id)
  service.told = (id) => root.told(id)
  return service
}

/** Makes a service at every connect, as a page makes workers. */
export class FakeConnector implements Connector {
  readonly endsWithPage = false
  readonly services: FakeService[] = []
  isDisposed = false
  /** Runs before a service is made: waits, or throws. */
  before: (attempt: number) => Promise<void> | void = () => {}
  #attempts = 0
  #life = new AbortController()

  /** Makes the services to come. */
  make: () => FakeService

  constructor(make: () => FakeService = () => new FakeService()) {
    this.make = make
  }

  /** The one that serves now. */
  get service(): FakeService {
    const service = this.services.at(-1)
    if (service === undefined) throw new Error('not connected yet')
    return service
  }

  async connect({ holds, receive }: LinkRequest): Promise<Link> {
    await this.before(++this.#attempts)
    const service = this.make()
    const { port1, port2 } = new MessageChannel()
    service.send = exposeService(service, port1)
    const remote = wrapService(port2, receive)
    const outcome = await remote.open({ name: 'fake', client: 'c', durability: 'relaxed', lockTimeout: 0, holds })
    if (!outcome.ok) throw fromErrorData(outcome.error)
    this.services.push(service)
    this.#life = new AbortController()
    const end = () => {
      port2.close()
      service.isEnded = true
    }
    return { service: remote, lost: this.#life.signal, end }
  }

  dispose(): void {
    this.isDisposed = true
  }

  /** The worker dies. */
  lose(): void {
    this.#life.abort(new WorkerFailedError('the storage worker ended'))
  }
}

export async function connectFake(connector: FakeConnector, name = 'fake'): Promise<Connection> {
  const connection = new Connection({
    name,
    backend: 'opfs',
    role: 'owner',
    evictionPolicy: 'none',
    client: 'c',
    connector,
  })
  await connection.open()
  return connection
}
