// The service over a faulty directory, with time in the test's hands.

import { fromErrorData } from '../../src/core/error-data.js'
import { MemoryStateStore } from '../../src/engine/memory-directory.js'
import { createService } from '../../src/engine/service.js'
import type { Directory, Scheduler, StateStore } from '../../src/engine/storage.js'
import type { CreateSpec, MethodName, Params, Result, ServiceMessage } from '../../src/protocol.js'

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
}

/** Opens the disk in the directory; rejects with the rebuilt error. */
export async function openService(
  directory: Directory,
  options: { client?: string; live?: readonly string[]; states?: StateStore; durability?: 'relaxed' | 'strict' } = {},
): Promise<OpenService> {
  const { client = 'client', states = new MemoryStateStore(), durability = 'relaxed' } = options
  const scheduler = new ManualScheduler()
  const messages: ServiceMessage[] = []
  const host = {
    openDirectory: async () => directory,
    states: () => states,
    scheduler,
    liveClients: async () => new Set(options.live ?? [client]),
    closeDirectory: async () => undefined,
    ownsBuffers: false,
  }
  const root = createService(host, (message) => messages.push(message))
  const opened = await root.open({ name: 'disk', client, durability, lockTimeout: 0, holds: [] })
  if (!opened.ok) throw fromErrorData(opened.error)
  let id = 0
  return {
    scheduler,
    messages,
    call: async <M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> => {
      const outcome = await root.call({ id: ++id, method, params, wantsProgress: false })
      if (!outcome.ok) throw fromErrorData(outcome.error)
      return outcome.value as Result<M> // the service's methods are typed by the same table
    },
  }
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

/** Bytes that tell themselves apart from any other value's. */
export function pattern(byteLength: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(byteLength)
  let state = Math.imul(seed + 1, 0x9e3779b1)
  for (let i = 0; i < byteLength; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    bytes[i] = state >>> 24
  }
  return bytes
}
