// What the workers of one disk say to each other. The owner's worker serves the others, its guests.
//
// All of them listen on the disk's channel. A guest asks there to join, and the owner answers on a channel that is between the
// two of them only, over which the guest then calls. Whoever becomes the owner says so on the disk's channel.
import { expose, wrap } from 'comlink'
import type { Lease } from '../src/engine/leases.js'
import type { CallRequest, EventMessage, Outcome, ServiceMessage } from '../src/protocol.js'

export const diskChannelName = (disk: string): string => `lazy-disk-cache:disk:${disk}`

/** On the disk's channel. Never to change, for workers of all versions hear it. */
export type DiskMessage =
  | {
      readonly type: 'join'
      /** PROTOCOL_VERSION of the guest. */
      readonly version: number
      /** Name of the channel between guest and owner. */
      readonly channel: string
    }
  | { readonly type: 'owner'; readonly owner: string }

/** On the channel between the two: the guest may call. */
export interface Welcome {
  readonly welcome: { readonly owner: string; readonly version: number }
}

/** Who joins. */
export interface GuestIdentity {
  readonly client: string
  readonly durability: 'relaxed' | 'strict'
  readonly holds: readonly { readonly incarnation: number; readonly count: number }[]
  /** Held by the guest's worker as long as it lives. */
  readonly lifeLock: string
}

/** The owner as its guests call it. Where it answers undefined it has closed the disk and not begun with the call. */
export interface OwnerRoot {
  open(guest: GuestIdentity): Promise<Outcome<void> | undefined>
  call(request: CallRequest): Promise<Outcome<unknown> | undefined>
  /** A call to read: answered, or, where it is much, left to the guest, which is told where the blocks are. */
  read(request: CallRequest<'read' | 'readMany'>): Promise<Outcome<unknown> | Lease | undefined>
  /** What was read under the lease is good: its blocks were in place until now. */
  endLease(lease: number): Promise<boolean>
  abort(id: number): void
  told(id: number): void
}

/** Offers `root` over a channel; returns how to send events, in the order of the answers. Everything is copied. */
export function offer(root: OwnerRoot, channel: BroadcastChannel): (event: ServiceMessage) => void {
  expose(root, channel)
  return (event) => channel.postMessage({ event } satisfies EventMessage)
}

/** The owner at the other end. Its methods are kept: comlink would drop the answers of what is collected. */
export function reach(channel: BroadcastChannel, receive: (message: ServiceMessage) => void): OwnerRoot {
  channel.addEventListener('message', ({ data }: MessageEvent<object | null>) => {
    if (data !== null && 'event' in data) receive((data as EventMessage).event)
  })
  const { open, call, read, endLease, abort, told } = wrap<OwnerRoot>(channel)
  const unheard = () => undefined // nobody waits for it
  return {
    open: (guest) => open(guest),
    call: (request) => call(request) as ReturnType<OwnerRoot['call']>,
    read: (request) => read(request) as ReturnType<OwnerRoot['read']>,
    endLease: (lease) => endLease(lease),
    abort: (id) => void abort(id).catch(unheard),
    told: (id) => void told(id).catch(unheard),
  }
}
