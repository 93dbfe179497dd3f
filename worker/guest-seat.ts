// A guest's worker: finds the owner's, calls it, and does bulk reads by itself.
import { fromErrorData } from '../src/core/error-data.js'
import { ProtocolVersionError } from '../src/core/errors.js'
import type { Lease } from '../src/engine/leases.js'
import type { ServiceMessage } from '../src/protocol.js'
import { BLOCK_BYTES, type CallRequest, type OpenRequest, type Outcome, PROTOCOL_VERSION } from '../src/protocol.js'
import { GuestFiles } from './guest-files.js'
import { type DiskMessage, diskChannelName, type OwnerRoot, reach, type Welcome } from './guest-protocol.js'
import type { Seat } from './seat.js'

/** Messages over a channel are copied twice: more at a time is not faster, and held in memory so often. */
const PIECE_BYTES = 4 * BLOCK_BYTES
/** Channels keep no order among them: the owner may hear of ours before it is open, or answer before we hear it. */
const ASK_AGAIN_MS = 100

type ReadRequest = CallRequest<'read' | 'readMany'>

export interface GuestOptions {
  readonly request: OpenRequest
  readonly lifeLock: string
  readonly receive: (message: ServiceMessage) => void
  /** What the page's objects hold now. */
  readonly holds: () => OpenRequest['holds']
  /** Called when the owner that served us is one no more. */
  readonly onLost: () => void
  /** Called whenever an owner, the first or another one, serves us. */
  readonly onJoined: () => void
  /** See OpfsDirectory. */
  readonly onClosed: () => void
  /** Errors: ProtocolVersionError, QuotaExceededError. */
  readonly onFailed: (error: unknown) => void
}

export class GuestSeat implements Seat {
  readonly role = 'guest'
  readonly #options: GuestOptions
  readonly #disk: BroadcastChannel
  readonly #files: GuestFiles
  /** Who serves us. */
  #owner: string | undefined
  #root: OwnerRoot | undefined
  #channel: BroadcastChannel | undefined
  #asking: ReturnType<typeof setInterval> | undefined

  constructor(options: GuestOptions) {
    const { name } = options.request
    this.#options = options
    this.#files = new GuestFiles(name, options.receive, options.onClosed)
    this.#disk = new BroadcastChannel(diskChannelName(name))
    this.#disk.onmessage = ({ data }: MessageEvent<DiskMessage>) => {
      if (data.type !== 'owner' || data.owner === this.#owner) return
      options.onLost()
      this.#join()
    }
    this.#join()
  }

  async call(request: CallRequest): Promise<Outcome<unknown> | undefined> {
    switch (request.method) {
      case 'read':
      case 'readMany':
        return this.#read(request as ReadRequest)
      case 'write':
        return this.#write(request as CallRequest<'write'>)
      case 'close':
        return this.#joined.call({ ...request, method: 'flush' })
      case 'keepBuffers': // the owner keeps them for its own page
        return { ok: true, value: undefined }
      default:
        return this.#joined.call(request)
    }
  }

  abort(id: number): void {
    if (!this.#files.abort(id)) this.#root?.abort(id)
  }

  told(id: number): void {
    if (!this.#files.told(id)) this.#root?.told(id)
  }

  end(): void {
    this.#leave()
    this.#disk.close()
    this.#files.close()
  }

  get #joined(): OwnerRoot {
    if (this.#root === undefined) throw new TypeError('a guest calls before it has joined')
    return this.#root
  }

  #join(): void {
    this.#leave()
    const channel = new BroadcastChannel(`${this.#disk.name}:${crypto.randomUUID()}`)
    const root = reach(channel, this.#options.receive)
    channel.addEventListener('message', ({ data }: MessageEvent<Welcome | object | null>) => {
      if (data !== null && 'welcome' in data && this.#asking !== undefined) void this.#welcomed(root, data.welcome)
    })
    this.#channel = channel
    const ask = () =>
      this.#disk.postMessage({
        type: 'join',
        version: PROTOCOL_VERSION,
        channel: channel.name,
      } satisfies DiskMessage)
    this.#asking = setInterval(ask, ASK_AGAIN_MS)
    ask()
  }

  async #welcomed(root: OwnerRoot, { owner, version }: Welcome['welcome']): Promise<void> {
    this.#stopAsking()
    if (version !== PROTOCOL_VERSION) {
      const message =
        `another tab has this disk with version ${version} of the protocol, this one speaks ${PROTOCOL_VERSION}: ` +
        'reload the older of the two'
      return this.#options.onFailed(new ProtocolVersionError(message))
    }
    const channel = this.#channel
    const { request, lifeLock, holds, onJoined, onFailed } = this.#options
    const { client, durability } = request
    const outcome = await root.open({ client, durability, holds: holds(), lifeLock })
    if (channel !== this.#channel) return // there is another owner by now
    if (outcome === undefined) return // closed: whoever is the next says so
    if (!outcome.ok) return onFailed(fromErrorData(outcome.error))
    this.#owner = owner
    this.#root = root
    onJoined()
  }

  #leave(): void {
    this.#stopAsking()
    this.#channel?.close()
    this.#channel = undefined
    this.#root = undefined
  }

  #stopAsking(): void {
    clearInterval(this.#asking)
    this.#asking = undefined
  }

  /** The page's buffer never leaves this worker: what comes from the owner is a copy. */
  async #read(request: ReadRequest): Promise<Outcome<unknown> | undefined> {
    const { into, ...params } = request.params
    const root = this.#joined
    const answer = await root.read({ ...request, params } as ReadRequest)
    if (answer === undefined || 'ok' in answer) return answer?.ok === true ? placed(answer.value, into) : answer
    const outcome = await this.#files.read(request, answer as Lease)
    // Only now it is known that nothing was written over what was read.
    return (await root.endLease(answer.lease)) ? outcome : undefined
  }

  /** The page's buffer never leaves this worker: a lost owner takes nothing with it. */
  async #write(request: CallRequest<'write'>): Promise<Outcome<unknown> | undefined> {
    const { id, params } = request
    const { draft, offset, bytes } = params
    for (let done = 0; done === 0 || done < bytes.byteLength; done += PIECE_BYTES) {
      const piece = bytes.slice(done, done + PIECE_BYTES)
      const part = { ...request, wantsProgress: false, params: { draft, offset: offset + done, bytes: piece } }
      const outcome = await this.#joined.call(part)
      if (outcome?.ok !== true) return outcome
      if (request.wantsProgress) {
        const doneBytes = Math.min(done + PIECE_BYTES, bytes.byteLength)
        this.#options.receive({ type: 'progress', id, doneBytes, totalBytes: bytes.byteLength })
      }
    }
    return { ok: true, value: undefined }
  }
}

/** Puts what was read into the page's buffer, where it is large enough. */
function placed(value: unknown, into: ArrayBuffer | undefined): Outcome<unknown> {
  const { buffer, version } = value as { buffer: ArrayBuffer; version: number } // of both methods that read
  if (into === undefined || into.byteLength < buffer.byteLength) return { ok: true, value: { buffer, version } }
  new Uint8Array(into).set(new Uint8Array(buffer))
  return { ok: true, value: { buffer: into, version } }
}
