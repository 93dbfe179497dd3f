// The disk in memory: the storage engine in this thread, fetched when the first such disk is opened.
import { fromErrorData } from './core/error-data.js'
import { randomId } from './ids.js'
import type { ConnectionSetup, Connector, Link, LinkRequest } from './link.js'
import { DEFAULT_DISK_NAME, DEFAULT_EVICTION_POLICY, type DiskOptions, requestOf } from './options.js'
import type { CallRequest } from './protocol.js'
import { replyTo } from './reply.js'

type Local = typeof import('./engine/local.js')

let fetched: Promise<Local> | undefined

/** The engine where a disk in memory was opened before: no other page has any, nor needs the engine. */
export async function fetchedLocal(): Promise<Local | undefined> {
  return fetched
}

export function setUpMemory(options: DiskOptions): ConnectionSetup {
  const { name = DEFAULT_DISK_NAME, evictionPolicy = DEFAULT_EVICTION_POLICY } = options
  const client = randomId()
  return {
    name,
    backend: 'memory',
    client,
    evictionPolicy,
    connector: new LocalConnector({ name, client, ...requestOf(options), lockTimeout: 0 }),
  }
}

type Identity = Omit<Parameters<ReturnType<Local['createLocalService']>['open']>[0], 'holds'>

class LocalConnector implements Connector {
  readonly endsWithPage = false
  readonly #identity: Identity

  constructor(identity: Identity) {
    this.#identity = identity
  }

  async connect({ holds, receive }: LinkRequest): Promise<Link> {
    const { createLocalService } = await fetchLocal()
    const local = createLocalService(receive)
    const outcome = await local.open({ ...this.#identity, holds })
    if (!outcome.ok) throw fromErrorData(outcome.error)
    const end = () => void local.call({ id: 0, method: 'close', params: {}, wantsProgress: false })
    const service = { ...local, call: async (request: CallRequest) => replyTo(request, await local.call(request)) }
    return { service, lost: new AbortController().signal, end }
  }

  dispose(): void {
    // nothing outlives the link
  }
}

function fetchLocal(): Promise<Local> {
  fetched ??= import('./engine/local.js').catch((error: unknown) => {
    fetched = undefined
    throw error
  })
  return fetched
}
