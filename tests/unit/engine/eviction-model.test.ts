// Random histories on a disk with a budget, next to a model of each policy: what is there, what went, and in which order.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { QuotaExceededError } from '../../../src/core/errors.js'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import type { EvictionPolicy } from '../../../src/protocol.js'
import { ManualScheduler, type OpenService, openService, pattern, spec } from '../../support/engine-harness.js'

const POLICIES = ['none', 'least-recently-used', 'least-frequently-used', 'oldest'] as const
const PATHS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']
const BUDGET = 1000

type Action =
  | {
      readonly kind: 'create'
      readonly path: string
      readonly size: number
      readonly held: boolean
      readonly expire: number | undefined
    }
  | { readonly kind: 'replace' | 'open' | 'release' | 'read' | 'delete'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'reopen' }

const path = fc.constantFrom(...PATHS)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      path,
      size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(600, 1000, 1001)),
      held: fc.integer({ max: 3, min: 0 }).map((dice) => dice === 0),
      expire: fc.option(fc.constantFrom(0, 100, 3000), { nil: undefined, freq: 6 }),
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constantFrom('replace', 'open', 'release', 'release', 'read', 'read', 'delete'),
      path,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), path, to: path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 99, 1000, 5000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
)

interface Modelled {
  path: string
  readonly incarnation: number
  version: number
  size: number
  readonly expires: number
  holds: number
  /** Turns of the history at which it was changed, and used. */
  changed: number
  used: number
  uses: number
}

class Model {
  readonly policy: EvictionPolicy
  arrays: Modelled[] = []
  evicted: string[] = []

  constructor(policy: EvictionPolicy) {
    this.policy = policy
  }

  get live(): number {
    return this.arrays.reduce((sum, { size }) => sum + size, 0)
  }

  at(path: string, now: number): Modelled | undefined {
    return this.arrays.find((array) => array.path === path && array.expires > now)
  }

  remove(array: Modelled): void {
    this.arrays = this.arrays.filter((other) => other !== array)
  }

  sweep(now: number, spared?: Modelled): void {
    const due = this.arrays.filter((array) => array.expires <= now && array.holds === 0 && array !== spared)
    for (const array of due.sort((a, b) => a.expires - b.expires || a.incarnation - b.incarnation)) {
      this.evicted.push(`${array.path} expired`)
      this.remove(array)
    }
  }

  /** Returns whether so much more may be there. */
  admit(growth: number, now: number, spared?: Modelled): boolean {
    if (growth <= 0 || this.live + growth <= BUDGET) return true
    this.sweep(now, spared)
    if (this.policy === 'none') return this.live + growth <= BUDGET
    const order = this.arrays
      .filter((array) => array.holds === 0 && array !== spared && array.size > 0)
      .sort((a, b) => this.#compare(a, b))
    const victims: Modelled[] = []
    let freed = 0
    while (this.live + growth - freed > BUDGET) {
      const victim = order.shift()
      if (victim === undefined) return false
      victims.push(victim)
      freed += victim.size
    }
    for (const victim of victims) {
      this.evicted.push(`${victim.path} disk`)
      this.remove(victim)
    }
    return true
  }

  #compare(a: Modelled, b: Modelled): number {
    if (this.policy === 'oldest') return a.changed - b.changed
    if (this.policy === 'least-frequently-used' && a.uses !== b.uses) return a.uses - b.uses
    return a.used - b.used
  }
}

class History {
  readonly #directory = new MemoryDirectory()
  readonly #scheduler = new ManualScheduler()
  readonly #model: Model
  #service!: OpenService
  #evicted: string[] = []
  #turn = 0

  constructor(policy: EvictionPolicy) {
    this.#model = new Model(policy)
  }

  async open(): Promise<void> {
    const { policy: evictionPolicy } = this.#model
    this.#service = await openService(this.#directory, {
      scheduler: this.#scheduler,
      diskBudget: BUDGET,
      evictionPolicy,
    })
  }

  async step(action: Action): Promise<void> {
    this.#turn++
    await this.#do(action)
    this.#evicted.push(
      ...this.#service.messages
        .splice(0)
        .flatMap((one) => (one.type === 'evicted' ? [`${one.path} ${one.reason}`] : [])),
    )
    const { liveBytes, arrays } = await this.#service.call('usage', {})
    const now = this.#scheduler.now()
    expect(this.#evicted).toEqual(this.#model.evicted)
    expect([liveBytes, arrays]).toEqual([this.#model.live, this.#model.arrays.length])
    expect(liveBytes).toBeLessThanOrEqual(BUDGET)
    expect((await this.#service.call('list', { prefix: '' })).map((meta) => meta.path)).toEqual(
      this.#model.arrays.flatMap((array) => (array.expires > now ? [array.path] : [])).sort(),
    )
  }

  async #do(action: Action): Promise<void> {
    const model = this.#model
    const now = this.#scheduler.now()
    if (action.kind === 'wait') {
      this.#scheduler.pass(action.ms)
      // What has expired goes within a second; the test looks only then.
      this.#scheduler.pass(1000)
      return model.sweep(this.#scheduler.now())
    }
    if (action.kind === 'reopen') {
      await this.#service.call('close', {})
      for (const array of model.arrays) array.holds = 0
      await this.open()
      return model.sweep(now)
    }
    if (action.kind === 'create') return this.#create(action)
    const array = model.at(action.path, now)
    if (array === undefined) return
    const { incarnation } = array
    if (action.kind === 'open') {
      await this.#service.call('open', { path: action.path })
      array.holds++
      this.#use(array)
    } else if (action.kind === 'release' && array.holds > 0) {
      await this.#service.call('release', { incarnations: [incarnation] })
      array.holds--
    } else if (action.kind === 'read') {
      await this.#service.call('read', { incarnation })
      this.#use(array)
    } else if (action.kind === 'replace' && array.holds > 0) {
      const target = { replace: { incarnation, version: array.version } }
      const [result] = await this.#service.call('put', { puts: [{ target, bytes: pattern(array.size, 1) }] })
      array.version = result?.meta.version ?? 0
      array.changed = this.#turn
      this.#use(array)
    } else if (action.kind === 'delete') {
      await this.#service.call('delete', { paths: [action.path] })
      model.remove(array)
    } else if (action.kind === 'rename' && action.to !== action.path) {
      const there = model.arrays.find((other) => other.path === action.to)
      await this.#service.call('rename', { from: action.path, to: action.to, overwrite: true })
      if (there !== undefined) model.remove(there)
      array.path = action.to
    }
  }

  async #create({ path, size, held, expire }: Action & { kind: 'create' }): Promise<void> {
    const model = this.#model
    const now = this.#scheduler.now()
    const there = model.arrays.find((array) => array.path === path)
    const target = { create: spec(path, size, expire === undefined ? {} : { expire }) }
    const put = this.#service.call('put', { puts: [{ target, bytes: pattern(size, 1) }] })
    if (!model.admit(size - (there?.size ?? 0), now, there)) {
      await expect(put).rejects.toBeInstanceOf(QuotaExceededError)
      return
    }
    const [result] = await put
    const { incarnation, version } = result?.meta ?? { incarnation: 0, version: 0 }
    if (there !== undefined) model.remove(there)
    const expires = now + (expire ?? Number.POSITIVE_INFINITY)
    const used = { changed: this.#turn, used: this.#turn, uses: 1 }
    model.arrays.push({ path, incarnation, version, size, expires, holds: Number(held), ...used })
    if (!held) await this.#service.call('release', { incarnations: [incarnation] })
  }

  #use(array: Modelled): void {
    array.used = this.#turn
    array.uses++
  }
}

test.each(POLICIES)(
  'with the policy %s a disk is never above its budget, and what goes is what the policy says, in its order',
  async (policy) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 120 }), async (actions) => {
        const history = new History(policy)
        await history.open()
        for (const one of actions) await history.step(one)
      }),
      { numRuns: 120 },
    )
  },
  60_000,
)

type Call =
  | { readonly kind: 'create' | 'pieces'; readonly path: string; readonly size: number }
  | { readonly kind: 'set' | 'append' | 'read' | 'release' | 'rename'; readonly path: string; readonly to: string }

const MIB = 1 << 20
const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('create' as const, 'pieces' as const),
      path,
      size: fc.constantFrom(1, 70_000, MIB / 2, MIB, 2 * MIB + 5),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('release' as const), path, to: path }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('set' as const, 'append' as const, 'read' as const, 'rename' as const),
      path,
      to: path,
    }),
  },
)

/** Lets other calls run for a while at every pause. */
class JitteryScheduler extends ManualScheduler {
  #state = 1

  override async pause(): Promise<void> {
    this.#state = (this.#state * 48_271) % 2_147_483_647
    for (let turns = this.#state % 7; turns >= 0; turns--) await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Starts the calls without waiting; each answers what it is about. */
class Crowd {
  readonly #service: OpenService
  /** Incarnations by path, as far as answers tell. */
  readonly #known = new Map<string, number>()
  readonly held = new Set<number>()

  constructor(service: OpenService) {
    this.#service = service
  }

  async do(one: Call): Promise<void> {
    const incarnation = this.#known.get(one.path) ?? -1
    if (one.kind === 'create' || one.kind === 'pieces') return this.#make(one)
    if (one.kind === 'rename') {
      await this.#service.call('rename', { from: one.path, to: one.to })
    } else if (one.kind === 'release') {
      if (this.held.delete(incarnation)) await this.#service.call('release', { incarnations: [incarnation] })
    } else if (one.kind === 'read') {
      await this.#service.call('read', { incarnation })
    } else if (one.kind === 'append') {
      await this.#service.call('append', { incarnation, axis: 0, bytes: pattern(100_000, 3), shape: [100_000] })
    } else {
      const selection = [{ start: 0, step: 1, count: 1, keep: true }]
      await this.#service.call('set', { incarnation, selection, bytes: pattern(1, 4), shape: [1] })
    }
  }

  async #make({ kind, path, size }: Call & { kind: 'create' | 'pieces' }): Promise<void> {
    const target = { create: spec(path, size) }
    let meta = { incarnation: -1 }
    if (kind === 'create') {
      const [result] = await this.#service.call('put', { puts: [{ target, bytes: pattern(size, 1) }] })
      meta = result?.meta ?? meta
    } else {
      const { draft } = await this.#service.call('beginWrite', { targets: [target] })
      await this.#service.call('write', { draft, offset: 0, bytes: pattern(size, 2) })
      const [result] = await this.#service.call('commitWrite', { draft })
      meta = result?.meta ?? meta
    }
    this.#known.set(path, meta.incarnation)
    this.held.add(meta.incarnation)
  }
}

test('calls at once never leave a disk above its budget, and take nothing that is held', async () => {
  const diskBudget = 5 * MIB
  let evictions = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 30, maxLength: 80 }),
      fc.constantFrom(...POLICIES),
      async (calls, evictionPolicy) => {
        const scheduler = new JitteryScheduler()
        const service = await openService(new MemoryDirectory(), { scheduler, diskBudget, evictionPolicy })
        const crowd = new Crowd(service)
        const look = async (): Promise<void> => {
          expect((await service.call('usage', {})).liveBytes).toBeLessThanOrEqual(diskBudget)
          let before: readonly number[] = []
          for (const message of service.messages.splice(0)) {
            if (message.type === 'gone') before = message.incarnations
            if (message.type !== 'evicted') continue
            evictions++
            expect(before.filter((incarnation) => crowd.held.has(incarnation))).toEqual([])
          }
        }
        const running: Promise<void>[] = []
        for (const one of calls) {
          running.push(
            crowd.do(one).then(look, async (error: Error) => {
              expect(['QuotaExceededError', 'StaleArrayError', 'NotFoundError', 'KeyExistsError']).toContain(error.name)
              await look()
            }),
          )
          await new Promise((resolve) => setImmediate(resolve))
        }
        await Promise.all(running)
        expect((await service.call('check', { fix: false })).problems).toEqual([])
        const { liveBytes } = await service.call('usage', {})
        await service.call('close', {})
        expect(liveBytes).toBeLessThanOrEqual(diskBudget)
      },
    ),
    { numRuns: 40 },
  )
  expect(evictions).toBeGreaterThan(10)
}, 120_000)
