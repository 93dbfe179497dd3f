// The disk of the page that made the port: for the page's other workers.
import { unlessAborted } from './abort.js'
import { fromErrorData } from './core/error-data.js'
import { WorkerFailedError } from './core/errors.js'
import { shakeHands } from './handshake.js'
import { randomId } from './ids.js'
import type { ConnectionSetup, Connector, Link, LinkRequest } from './link.js'
import { acquireLock, type HeldLock, hasLocks } from './locks.js'
import { clientLockName } from './names.js'
import { DEFAULT_DURABILITY, type DiskOptions } from './options.js'
import type { ServiceMessage } from './protocol.js'
import { type Remote, wrapService } from './remote.js'

/** Errors: TypeError where name or backend are not the port's; those of the handshake. */
export async function setUpPort(port: MessagePort, options: DiskOptions): Promise<ConnectionSetup> {
  const connector = new PortConnector(port)
  try {
    const { name, backend, role, evictionPolicy, memoryBudget: pageMemory } = await connector.greet(options.signal)
    checkSame('name', options.name, name)
    checkSame('backend', options.backend === 'auto' ? undefined : options.backend, backend)
    checkSame('evictionPolicy', options.evictionPolicy, evictionPolicy)
    if (options.diskBudget !== undefined) throw new TypeError("openDisk: the port's disk has its budget from the page")
    return { name, backend, role, evictionPolicy, client: connector.client, connector, pageMemory }
  } catch (error) {
    connector.dispose()
    throw error
  }
}

function checkSame(option: string, wanted: string | undefined, actual: string): void {
  if (wanted === undefined || wanted === actual) return
  throw new TypeError(`openDisk: option '${option}' is '${wanted}', but the port's disk has '${actual}'`)
}

class PortConnector implements Connector {
  readonly client = randomId()
  readonly endsWithPage = false // the page's connection is
  readonly #port: MessagePort
  readonly #remote: Remote
  readonly #life = new AbortController()
  #name = ''
  #receive: (message: ServiceMessage) => void = () => undefined
  /** Tells the page when this worker is terminated. */
  #clientLock: HeldLock | undefined

  constructor(port: MessagePort) {
    this.#port = port
    this.#remote = wrapService(port, (message) => this.#receive(message))
    const lose = () => this.#life.abort(new WorkerFailedError('the port to the disk was closed by the page'))
    port.addEventListener('close', lose) // fired by newer browsers and Node
    port.addEventListener('messageerror', lose)
  }

  /** Comes first: what disk is it? */
  async greet(signal: AbortSignal | undefined): ReturnType<Remote['identify']> {
    await unlessAborted(signal, shakeHands(this.#remote, '', this.#life.signal))
    const described = await unlessAborted(signal, unlessAborted(this.#life.signal, this.#remote.identify()))
    this.#name = described.name
    return described
  }

  async connect({ signal, holds, receive }: LinkRequest): Promise<Link> {
    this.#receive = receive
    if (hasLocks()) await this.#lockClient(signal)
    const request = {
      name: this.#name,
      client: this.client,
      durability: DEFAULT_DURABILITY,
      lockTimeout: 0,
      holds,
    } as const
    const outcome = await unlessAborted(signal, unlessAborted(this.#life.signal, this.#remote.open(request)))
    if (!outcome.ok) throw fromErrorData(outcome.error)
    return { service: this.#remote, lost: this.#life.signal, end: () => undefined }
  }

  dispose(): void {
    this.#port.close()
    this.#clientLock?.release()
  }

  async #lockClient(signal: AbortSignal): Promise<void> {
    this.#clientLock ??= await acquireLock(clientLockName(this.client), { signal, timeoutMs: Number.POSITIVE_INFINITY })
  }
}
