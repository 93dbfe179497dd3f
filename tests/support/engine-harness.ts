// The service over a faulty directory, with time in the test's hands.

import { type ErrorData, fromErrorData } from '../../src/core/error-data.js'
import { MemoryStateStore } from '../../src/engine/memory-directory.js'
import { createService } from '../../src/engine/service.js'
import type { Directory, Scheduler, StateStore } from '../../src/engine/storage.js'
import type {
  ArrayMeta,
  CreateSpec,
  EvictionPolicy,
  MethodName,
  OpenRequest,
  Params,
  Result,
  ServiceMessage,
} from '../../src/protocol.js'

/** Timers run only when told to. */
export class ManualScheduler implements Scheduler {
  readonly #tasks = new Set<{ readonly at: number; readonly task: () => void }>()
  #now = 1_700_000_000_000

  now(): number {
    return this.#now
  }

  async pause(): Promise<void> {}

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.#now + ms, task }
    this.#tasks.add(entry)
    return () => this.#tasks.delete(entry)
  }

  /** Lets so much time go by. */
  pass(ms: number): void {
    this.#now += ms
    for (const entry of [...this.#tasks]) {
      if (entry.at <= this.#now && this.#tasks.delete(entry)) entry.task()
    }
  }
}

export interface OpenService {
  readonly scheduler: ManualScheduler
  readonly messages: ServiceMessage[]
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>
  /** As `call`, with progress told in `messages`. */
  start<M extends MethodName>(method: M, params: Params<M>): { result: Promise<Result<M>>; abort(): void }
}

export interface ServiceOptions {
  readonly client?: string
  readonly live?: readonly string[]
  readonly states?: StateStore
  readonly durability?: 'relaxed' | 'strict'
  readonly holds?: OpenRequest['holds']
  readonly ownsBuffers?: boolean
  readonly scheduler?: ManualScheduler
  readonly diskBudget?: number
  readonly evictionPolicy?: EvictionPolicy
  readonly onMessage?: (message: ServiceMessage) => void
}

/** Opens the disk in the directory; rejects with the rebuilt error. */
export async function openService(directory: Directory, options: ServiceOptions = {}): Promise<OpenService> {
  const { client = 'client', states = new MemoryStateStore(), durability = 'relaxed', holds = [] } = options
  const { scheduler = new ManualScheduler(), ownsBuffers = false, live = [client] } = options
  const { diskBudget = Number.POSITIVE_INFINITY, evictionPolicy = 'none' } = options
  const messages: ServiceMessage[] = []
  const host = {
    openDirectory: async () => directory,
    states: () => states,
    scheduler,
    liveClients: async () => new Set(live),
    closeDirectory: async () => undefined,
    ownsBuffers,
  }
  const root = createService(host, (message) => {
    messages.push(message)
    options.onMessage?.(message)
    if (message.type === 'progress' && message.isLast === true) root.told(message.id)
  })
  const rules = { durability, diskBudget, evictionPolicy }
  const opened = await root.open({ name: 'disk', client, lockTimeout: 0, holds, ...rules })
  if (!opened.ok) throw fromErrorData(opened.error)
  let lastId = 0
  const start = <M extends MethodName>(method: M, params: Params<M>, wantsProgress = true) => {
    const id = ++lastId
    const result = root.call({ id, method, params, wantsProgress }).then((outcome) => {
      if (!outcome.ok) throw fromErrorData(outcome.error)
      const value = outcome.value as Result<M> // the service's methods are typed by the same table
      // The answer to 'write' brings the buffer back whatever went wrong.
      if (typeof value === 'object' && value !== null && 'error' in value) throw fromErrorData(value.error as ErrorData)
      return value
    })
    return { result, abort: () => root.abort(id) }
  }
  return { scheduler, messages, start, call: (method, params) => start(method, params, false).result }
}

export function spec(path: string, byteLength: number, more: Partial<CreateSpec> = {}): CreateSpec {
  const base = {
    dtype: 'uint8',
    className: 'DiskBackedNDArray',
    attributes: {},
    overwrite: true,
    ephemeral: false,
    purge: false,
  } as const
  return { path, shape: [byteLength], ...base, ...more }
}

/** Bytes that tell themselves apart from any other value's; made four at a time, for there are many of them. */
export function pattern(byteLength: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(byteLength / 4))
  let state = Math.imul(seed + 1, 0x9e3779b1)
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    words[i] = state ^ (state >>> 15)
  }
  const bytes = new Uint8Array(words.buffer)
  return bytes.byteLength === byteLength ? bytes : bytes.slice(0, byteLength)
}

/** Makes an array of bytes, or replaces the one at the path by a new one. */
export async function putBytes(
  service: OpenService,
  path: string,
  bytes: Uint8Array,
  more: Partial<CreateSpec> = {},
): Promise<ArrayMeta> {
  const [result] = await service.call('put', {
    puts: [{ target: { create: spec(path, bytes.byteLength, more) }, bytes }],
  })
  if (result === undefined) throw new Error('nothing was put')
  return result.meta
}

export async function bytesAt(service: OpenService, path: string): Promise<Uint8Array> {
  const meta = await service.call('stat', { path })
  if (meta === undefined) throw new Error(`there is nothing at ${path}`)
  return new Uint8Array((await service.call('read', { incarnation: meta.incarnation })).buffer)
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
