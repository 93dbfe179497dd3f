// A random history of one disk, every operation among its steps, with what the disk may be found as after a power cut at any moment.
import { apply, leaf } from '../../src/core/numpy/expression.js'
import { MemoryStateStore } from '../../src/engine/memory-directory.js'
import type { ServiceMessage } from '../../src/protocol.js'
import {
  bytesAt,
  type OpenService,
  openService,
  pattern,
  type ServiceOptions,
  sameBytes,
  spec,
} from './engine-harness.js'
import { FaultyDirectory } from './faulty-directory.js'
import { Random } from './random.js'

/** An array as the service shows it. Never changed once made. */
export interface Kept {
  readonly bytes: Uint8Array
  readonly attributes: string
  readonly hasState: boolean
  /** Armed: it goes at the next open where none of its clients lives. */
  readonly purge: boolean
}
export type DiskState = ReadonlyMap<string, Kept>

/** A moment of the history: from when on, in operations of the log, the disk may be found so. */
export interface Moment {
  readonly state: DiskState
  readonly began: number
  /** What is found is this moment or a later one once the log is so long; undefined where nobody was told that it is durable. */
  durableFrom: number | undefined
}

/** A container state that was saved: it may be found from `began` on, and no older one from `ended` on. */
export interface SavedState {
  readonly incarnation: string
  readonly value: unknown
  readonly began: number
  readonly ended: number
}

export const CLIENTS = ['first', 'second', 'third', 'fourth'] as const
const PATHS = ['a', 'b', 'c', 'd/e'] as const
const STEPS = [
  ...['create', 'create', 'create', 'set', 'set', 'set', 'append', 'append', 'replace', 'replace', 'two', 'pieces'],
  ...['delete', 'rename', 'attributes', 'saveState', 'saveState', 'operator', 'operator', 'arm', 'arm', 'disarm'],
  ...['release', 'release', 'release', 'flush', 'flush', 'wait', 'compact', 'reopen', 'takeOver', 'die', 'interrupt'],
  ...['clear', 'evictTag', 'zeros'],
] as const

/** Container states as IndexedDB keeps them: durable when set() resolves, and noted beside the directory's log. */
class LoggedStates extends MemoryStateStore {
  readonly saved: SavedState[] = []
  readonly #log: { readonly length: number }

  constructor(log: { readonly length: number }) {
    super()
    this.#log = log
  }

  override async set(key: string, value: unknown): Promise<void> {
    const began = this.#log.length
    await super.set(key, value)
    this.saved.push({ incarnation: key, value, began, ended: this.#log.length })
  }

  override async delete(keys: readonly string[]): Promise<void> {
    await super.delete(keys)
    const now = this.#log.length
    for (const incarnation of keys) this.saved.push({ incarnation, value: undefined, began: now, ended: now })
  }
}

export class History {
  readonly directory = new FaultyDirectory()
  readonly states = new LoggedStates(this.directory.log)
  readonly moments: Moment[] = []
  readonly steps: string[] = []
  readonly #random: Random
  readonly #strict: boolean
  readonly #limits: Pick<ServiceOptions, 'diskBudget' | 'evictionPolicy'>
  #service!: OpenService
  #client = 0
  #seed = 0
  #isEvicting = false
  /** Objects of this client's page, by incarnation. */
  #holds = new Map<number, number>()
  #incarnations = new Map<number, string>()

  constructor(seed: number) {
    this.#random = new Random(seed)
    this.#strict = this.#random.chance(0.25)
    const policies = ['least-recently-used', 'least-frequently-used', 'oldest'] as const
    this.#limits = this.#random.chance(0.4) ? { diskBudget: 1500, evictionPolicy: this.#random.pick(policies) } : {}
  }

  get now(): DiskState {
    return this.moments.at(-1)?.state ?? new Map()
  }

  async run(count: number): Promise<this> {
    await this.#open()
    for (let i = 0; i < count; i++) {
      const step = this.#random.pick(STEPS)
      this.steps.push(step)
      await this.#step(step)
    }
    return this
  }

  async #open(): Promise<void> {
    const began = this.directory.log.length
    const holds = [...this.#holds].map(([incarnation, count]) => ({ incarnation, count }))
    const client = CLIENTS[this.#client] as string
    const durability = this.#strict ? 'strict' : 'relaxed'
    const onMessage = (message: ServiceMessage): void => this.#note(message)
    const { states } = this
    const options = { client, live: [client], states, durability, holds, onMessage, ...this.#limits } as const
    this.#service = await openService(this.directory, options)
    this.#remember(this.now, began, true)
  }

  #remember(state: DiskState, began: number, isDurable: boolean): void {
    const durableFrom = isDurable || this.#strict ? this.directory.log.length : undefined
    this.moments.push({ state, began, durableFrom })
  }

  /** What is evicted is gone before the value it made room for is there. */
  #note(message: ServiceMessage): void {
    if (message.type !== 'gone' || !this.#isEvicting) return
    const paths = message.incarnations.flatMap((incarnation) => this.#incarnations.get(incarnation) ?? [])
    const state = new Map(this.now)
    for (const path of paths) state.delete(path)
    if (state.size < this.now.size) this.moments.push({ state, began: this.#began, durableFrom: undefined })
  }
  #began = 0

  async #step(step: (typeof STEPS)[number]): Promise<void> {
    this.#began = this.directory.log.length
    this.#incarnations = new Map()
    for (const path of this.now.keys()) {
      const meta = await this.#service.call('stat', { path })
      if (meta !== undefined) this.#incarnations.set(meta.incarnation, path)
    }
    this.#isEvicting = ['create', 'set', 'append', 'replace', 'two', 'pieces', 'operator', 'evictTag'].includes(step)
    try {
      await this.#perform(step)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'QuotaExceededError') throw error
      // Of what came before by itself, a sweep for example, a call that is refused promises nothing, in strict mode either.
      this.moments.push({ state: this.now, began: this.#began, durableFrom: undefined })
    }
    this.#isEvicting = false
  }

  async #perform(step: (typeof STEPS)[number]): Promise<void> {
    const service = this.#service
    switch (step) {
      case 'flush':
      case 'compact':
        await service.call(step, {})
        return this.#remember(this.now, this.#began, true)
      case 'wait':
        service.scheduler.pass(10_000)
        await service.call('usage', {})
        return this.#remember(this.now, this.#began, true)
      case 'reopen':
        await service.call('close', {})
        this.#holds.clear()
        this.#client = (this.#client + 1) % CLIENTS.length
        return this.#afterDeath()
      case 'takeOver': // the same page has another worker
        this.directory.takeAway()
        return this.#open()
      case 'die':
        this.directory.takeAway()
        this.#holds.clear()
        this.#client = (this.#client + 1) % CLIENTS.length
        return this.#afterDeath()
      case 'interrupt':
        return this.#interrupt()
      case 'clear':
        if (!this.#random.chance(0.3)) return
        await service.call('clear', {})
        return this.#remember(new Map(), this.#began, false)
      case 'evictTag':
        await service.call('evict', { tag: 'tagged' })
        return this.#remember(this.now, this.#began, false)
      case 'create':
      case 'pieces':
      case 'zeros':
      case 'two':
        return this.#create(step)
      default:
        return this.#change(step)
    }
  }

  /** What only pages that are gone held goes as the next one opens. */
  async #afterDeath(): Promise<void> {
    const left = new Map([...this.now].filter(([, { purge }]) => !purge))
    const before = this.now
    this.moments.push({ state: left, began: this.#began, durableFrom: undefined })
    await this.#open()
    // Only what was there before the sweep has been made durable by opening.
    const opened = this.moments.pop() as Moment
    if (left.size === before.size) this.moments.push(opened)
    else this.moments.splice(-1, 0, { state: before, began: this.#began, durableFrom: opened.durableFrom })
  }

  /** The worker ends in the middle of a call, and another takes over. */
  async #interrupt(): Promise<void> {
    const before = this.now
    const path = this.#random.pick(PATHS)
    const bytes = pattern(this.#size(), ++this.#seed)
    const puts = [{ target: { create: spec(path, bytes.byteLength) }, bytes }]
    const call = this.#service.call('put', { puts }).then(
      () => undefined,
      () => undefined,
    )
    this.#isEvicting = true
    for (let turns = this.#random.below(12); turns > 0; turns--) await undefined
    this.#isEvicting = false
    this.directory.takeAway()
    const interrupted = this.now
    await call
    const after: DiskState = new Map(interrupted).set(path, { bytes, attributes: '{}', hasState: false, purge: false })
    await this.#open()
    const found = await readDisk(this.#service)
    const states = [after, interrupted, before]
    const there = states.find((state) => isSame(found, state))
    if (there === undefined) throw new Error('a worker that ended in the middle of a put left a state that never was')
    const { durableFrom } = this.moments.pop() as Moment
    this.moments.push({ state: after, began: this.#began, durableFrom: undefined })
    this.moments.push({ state: there, began: this.#began, durableFrom })
  }

  #size(): number {
    if (this.#random.chance(0.015)) return this.#random.pick([262_144, 262_145, 1_048_577 + 262_144])
    return 1 + this.#random.below(400)
  }

  async #create(step: 'create' | 'pieces' | 'two' | 'zeros'): Promise<void> {
    const service = this.#service
    const purge = this.#random.chance(0.25)
    const tags = this.#random.chance(0.2) ? ['tagged'] : []
    const isTwo = step === 'two' || (step === 'pieces' && this.#random.chance(0.5))
    const paths = isTwo ? ['a', 'b'] : [this.#random.pick(PATHS)]
    const size = this.#size()
    const made = paths.map(() => (step === 'zeros' ? new Uint8Array(size) : pattern(size, ++this.#seed)))
    const targets = paths.map((path) => ({ create: spec(path, size, { purge, tags }) }))
    const incarnations: number[] = []
    if (step === 'pieces') {
      const { draft } = await service.call('beginWrite', { targets })
      await service.call('write', { draft, offset: 0, bytes: new Uint8Array(Buffer.concat(made)) })
      for (const { meta } of await service.call('commitWrite', { draft })) incarnations.push(meta.incarnation)
    } else {
      const puts = targets.map((target, i) =>
        step === 'zeros' ? { target } : { target, bytes: made[i] as Uint8Array },
      )
      for (const { meta } of await service.call('put', { puts })) incarnations.push(meta.incarnation)
    }
    const state = new Map(this.now)
    for (const [i, path] of paths.entries()) {
      state.delete(path)
      state.set(path, { bytes: made[i] as Uint8Array, attributes: '{}', hasState: false, purge })
    }
    this.#remember(state, this.#began, false)
    const isLetGo = !purge && this.#random.chance(0.6)
    for (const incarnation of incarnations) this.#holds.set(incarnation, 1)
    if (isLetGo) await this.#letGo(incarnations)
  }

  async #letGo(incarnations: readonly number[]): Promise<void> {
    const all = incarnations.flatMap((one) => new Array<number>(this.#holds.get(one) ?? 0).fill(one))
    for (const incarnation of incarnations) this.#holds.delete(incarnation)
    await this.#service.call('release', { incarnations: all })
  }

  async #change(step: string): Promise<void> {
    const service = this.#service
    const path = this.#random.pick(PATHS)
    const old = this.now.get(path)
    if (old === undefined) return
    const { incarnation, version } = (await service.call('stat', { path })) ?? { incarnation: 0, version: 0 }
    const become = (now: Partial<Kept>, isDurable = false): void =>
      this.#remember(new Map(this.now).set(path, { ...old, ...now }), this.#began, isDurable)
    switch (step) {
      case 'replace': {
        const bytes = pattern(old.bytes.byteLength, ++this.#seed)
        await service.call('put', { puts: [{ target: { replace: { incarnation, version } }, bytes }] })
        return become({ bytes })
      }
      case 'set': {
        const start = this.#random.below(old.bytes.byteLength)
        const count = 1 + this.#random.below(Math.min(400, old.bytes.byteLength - start))
        const part = pattern(count, ++this.#seed)
        const selection = [{ start, step: 1, count, keep: true }]
        await service.call('set', { incarnation, selection, bytes: part, shape: [count] })
        const bytes = old.bytes.slice()
        bytes.set(part, start)
        return become({ bytes })
      }
      case 'append': {
        const part = pattern(1 + this.#random.below(300), ++this.#seed)
        await service.call('append', { incarnation, axis: 0, bytes: part, shape: [part.byteLength] })
        return become({ bytes: Uint8Array.from([...old.bytes, ...part]) }) // a Buffer's slice() is no copy
      }
      case 'operator': {
        const { byteLength } = old.bytes
        const part = pattern(byteLength, ++this.#seed)
        const layout = { shape: [byteLength], strides: [1], offset: 0 }
        await service.call('evaluateInto', {
          computation: { kind: 'elementwise' },
          roots: [apply('add', [leaf(0, 'uint8', [byteLength]), leaf(1, 'uint8', [byteLength])])],
          sources: [
            { incarnation, base: [byteLength], layout },
            { bytes: part, layout },
          ],
          targets: [{ incarnation, version }],
        })
        return become({ bytes: old.bytes.map((byte, i) => byte + (part[i] as number)) })
      }
      case 'delete':
      case 'rename': {
        const state = new Map(this.now)
        const to = this.#random.pick(PATHS)
        if (to === path) return
        state.delete(path)
        if (step === 'rename') state.delete(to)
        if (step === 'delete') await service.call('delete', { paths: [path] })
        else await service.call('rename', { from: path, to, overwrite: true })
        return this.#remember(step === 'rename' ? state.set(to, old) : state, this.#began, false)
      }
      case 'attributes': {
        const attributes = { number: ++this.#seed, text: 'x'.repeat(this.#random.below(300)) }
        await service.call('setAttributes', { incarnation, attributes })
        return become({ attributes: JSON.stringify(attributes) })
      }
      case 'saveState':
        await service.call('saveState', { incarnation, state: ++this.#seed })
        return become({ hasState: true })
      case 'arm':
        await service.call('open', { path })
        this.#holds.set(incarnation, (this.#holds.get(incarnation) ?? 0) + 1)
        await service.call('setPurge', { incarnation, purge: true })
        return become({ purge: true })
      case 'disarm':
        await service.call('setPurge', { incarnation, purge: false })
        return become({ purge: false }, true)
      case 'release': {
        await this.#letGo([incarnation])
        if (!old.purge) return
        const state = new Map(this.now)
        state.delete(path)
        // What goes with its last object is durable when everything is, in strict mode too.
        this.moments.push({ state, began: this.#began, durableFrom: undefined })
      }
    }
  }
}

/** What the service serves, all of it read. */
export async function readDisk(service: OpenService): Promise<DiskState> {
  const state = new Map<string, Kept>()
  for (const { path, attributes, hasState } of await service.call('list', { prefix: '' })) {
    const bytes = await bytesAt(service, path)
    state.set(path, { bytes, attributes: JSON.stringify(attributes), hasState, purge: false })
  }
  return state
}

export function isSame(found: DiskState, expected: DiskState): boolean {
  if (found.size !== expected.size) return false
  for (const [path, { bytes, attributes, hasState }] of expected) {
    const kept = found.get(path)
    if (kept === undefined || kept.hasState !== hasState || kept.attributes !== attributes) return false
    if (!sameBytes(kept.bytes, bytes)) return false
  }
  return true
}
