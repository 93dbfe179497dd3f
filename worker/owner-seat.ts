// The owner's worker: serves its own page, and the guests that join.
import type { Client } from '../src/engine/client.js'
import type { Lease } from '../src/engine/leases.js'
import { outcomeOf, Service } from '../src/engine/service.js'
import { clientLockName } from '../src/names.js'
import {
  type CallRequest,
  type OpenRequest,
  type Outcome,
  PROTOCOL_VERSION,
  type ServiceMessage,
} from '../src/protocol.js'
import {
  type DiskMessage,
  diskChannelName,
  type GuestIdentity,
  type OwnerRoot,
  offer,
  type Welcome,
} from './guest-protocol.js'
import { WorkerHost } from './host.js'
import { whenFree } from './ownership.js'
import type { Seat } from './seat.js'

export class OwnerSeat implements Seat {
  readonly role = 'owner'
  readonly #id: string = crypto.randomUUID()
  readonly #service: Service
  readonly #disk: BroadcastChannel
  /** By the name of the channel to it. */
  readonly #guests = new Map<string, Guest>()
  readonly #ended = new AbortController()

  /** The browser has closed the files: nothing is answered any more, for nobody knows what was done. */
  isLost = false

  /**
   * `giveUp` lets go of the disk's lock, when the disk is closed or could not be opened; `onClosed`: see OpfsDirectory.
   * Errors: as Service.open.
   */
  static async take(
    request: OpenRequest,
    giveUp: () => void,
    onClosed: () => void,
    send: (message: ServiceMessage) => void,
    isTakeOver: boolean,
  ): Promise<OwnerSeat> {
    let seat: OwnerSeat | undefined
    const host = new WorkerHost(request.name, giveUp, () => {
      if (seat !== undefined) seat.isLost = true
      onClosed()
    })
    seat = new OwnerSeat(request.name, await Service.open(host, request, send, isTakeOver))
    seat.#watchHolders(request.client)
    return seat
  }

  private constructor(name: string, service: Service) {
    this.#service = service
    this.#disk = new BroadcastChannel(diskChannelName(name))
    this.#disk.onmessage = ({ data }: MessageEvent<DiskMessage>) => {
      if (data.type === 'join') this.#welcome(data.channel)
    }
    this.#disk.postMessage({ type: 'owner', owner: this.#id } satisfies DiskMessage)
  }

  call(request: CallRequest): Promise<Outcome<unknown>> {
    return this.#service.call(this.#service.first, request)
  }

  abort(id: number): void {
    this.#service.first.abort(id)
  }

  told(id: number): void {
    this.#service.first.told(id)
  }

  end(): void {
    this.#ended.abort()
    this.#disk.close()
    for (const guest of this.#guests.values()) guest.end()
  }

  /** Clients of the owner before: some join, some are just going, some are set aside with their page. */
  #watchHolders(own: string): void {
    const { signal } = this.#ended
    for (const client of this.#service.holders) {
      if (client === own) continue
      whenFree(clientLockName(client), signal).then(
        () => this.#service.forget(client),
        () => undefined, // the disk is another's by now
      )
    }
  }

  /** Asked again, it answers again: of two channels either may be heard before the other is. */
  #welcome(channel: string): void {
    const guest =
      this.#guests.get(channel) ?? new Guest(this, this.#service, channel, () => this.#guests.delete(channel))
    this.#guests.set(channel, guest)
    guest.welcome(this.#id)
  }
}

/** A guest as the owner sees it. */
class Guest implements OwnerRoot {
  readonly #seat: OwnerSeat
  readonly #service: Service
  readonly #channel: BroadcastChannel
  readonly #send: (message: ServiceMessage) => void
  readonly #onGone: () => void
  readonly #ended = new AbortController()
  /** From `open` on. */
  #client: Client | undefined

  constructor(seat: OwnerSeat, service: Service, channel: string, onGone: () => void) {
    this.#seat = seat
    this.#service = service
    this.#channel = new BroadcastChannel(channel)
    this.#send = offer(
      {
        open: (guest) => this.open(guest),
        call: (request) => this.call(request),
        read: (request) => this.read(request),
        endLease: (lease) => this.endLease(lease),
        abort: (id) => this.abort(id),
        told: (id) => this.told(id),
      },
      this.#channel,
    )
    this.#onGone = onGone
  }

  welcome(owner: string): void {
    this.#channel.postMessage({ welcome: { owner, version: PROTOCOL_VERSION } } satisfies Welcome)
  }

  async open(guest: GuestIdentity): Promise<Outcome<void> | undefined> {
    if (!(await this.#service.isOpen())) return undefined
    void this.#watch(guest)
    return outcomeOf(async () => {
      this.#client = this.#service.join(guest, this.#send)
    })
  }

  async call(request: CallRequest): Promise<Outcome<unknown> | undefined> {
    return (await this.#service.isOpen()) ? this.#unlessLost(this.#service.call(this.#joined, request)) : undefined
  }

  async read(request: CallRequest<'read' | 'readMany'>): Promise<Outcome<unknown> | Lease | undefined> {
    if (!(await this.#service.isOpen())) return undefined
    const leased = this.#service.lease(this.#joined, request)
    if (!leased.ok) return leased
    return leased.value ?? this.#unlessLost(this.#service.call(this.#joined, request))
  }

  async endLease(lease: number): Promise<boolean> {
    return this.#joined.endLease(lease)
  }

  abort(id: number): void {
    this.#client?.abort(id)
  }

  told(id: number): void {
    this.#client?.told(id)
  }

  /** The disk is another's by now. */
  end(): void {
    this.#ended.abort()
    this.#channel.close()
  }

  async #unlessLost<T>(answer: Promise<T>): Promise<T> {
    const value = await answer
    return this.#seat.isLost ? new Promise<never>(() => {}) : value
  }

  get #joined(): Client {
    if (this.#client === undefined) throw new TypeError('a guest calls before it has joined')
    return this.#client
  }

  /** A page outlives its worker where it is frozen or hidden, and its objects hold arrays as long as it lives. */
  async #watch({ client, lifeLock }: GuestIdentity): Promise<void> {
    const { signal } = this.#ended
    try {
      await whenFree(lifeLock, signal)
      this.#onGone()
      this.#channel.close()
      if (this.#client !== undefined) this.#service.leave(this.#client)
      await whenFree(clientLockName(client), signal)
      this.#service.forget(client)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}
