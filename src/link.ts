// What a connection needs of a storage service, wherever that runs: in a worker, behind a port, or in this thread.
import type { StorageUnavailableError } from './core/errors.js'
import type { CallRequest, EvictionPolicy, OpenRequest, Outcome, Role, ServiceMessage } from './protocol.js'
import type { Reply } from './reply.js'

/** ServiceRoot as the page calls it: `buffers` are those in the request that move. */
export interface Service {
  open(request: OpenRequest): Promise<Outcome<void>>
  call(request: CallRequest, buffers: ArrayBuffer[]): Promise<Reply>
  abort(id: number): void
  told(id: number): void
}

/** A service whose disk is open. */
export interface Link {
  readonly service: Service
  /** Aborted, the error being the reason, when the service is gone for good. */
  readonly lost: AbortSignal
  /** Ends the service; synchronous, for the page may be frozen right after. */
  end(): void
}

export interface LinkRequest {
  readonly signal: AbortSignal
  readonly holds: OpenRequest['holds']
  receive(message: ServiceMessage): void
}

export interface Connector {
  /** Its links are ended when the page is frozen or hidden. */
  readonly endsWithPage: boolean
  /** Opens the disk, leaving nothing behind where that fails. Errors: the signal's reason, what opening throws. */
  connect(request: LinkRequest): Promise<Link>
  /** Lets go of what outlives single links. */
  dispose(): void
}

/** What a connection is made from. */
export interface ConnectionSetup {
  readonly name: string
  readonly backend: 'opfs' | 'memory'
  readonly evictionPolicy: EvictionPolicy
  readonly client: string
  readonly connector: Connector
  readonly fallbackReason?: StorageUnavailableError | undefined
  /** Of the page behind a port; default: 'owner'. */
  readonly role?: Role
  /** Of the page behind a port: bytes it shares with its workers. */
  readonly pageMemory?: number
}
