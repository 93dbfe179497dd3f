// Generated histories, the power cut after every step of them: the disk found is one that was, whole.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type OpenService, openService, pattern, spec } from '../../support/engine-harness.js'
import { afterPowerCut, FaultyDirectory } from '../../support/faulty-directory.js'

type Action =
  | { readonly kind: 'create'; readonly path: string; readonly size: number }
  | { readonly kind: 'replace'; readonly path: string }
  | { readonly kind: 'createTwo'; readonly size: number }
  | { readonly kind: 'set'; readonly path: string; readonly from: number; readonly count: number }
  | { readonly kind: 'append'; readonly path: string; readonly size: number }
  | { readonly kind: 'delete' | 'rename'; readonly path: string }
  | { readonly kind: 'flush' | 'wait' | 'compact' }
  | { readonly kind: 'reopen' }

const PATHS = ['a', 'b', 'c']
const path = fc.constantFrom(...PATHS)
/** Mostly short ones; some that reach over the block boundaries. */
const size = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 400 }) },
  { weight: 1, arbitrary: fc.constantFrom(262_144, 262_145, 1_048_576, 1_048_577 + 262_144) },
)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('create' as const), path, size }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('replace' as const), path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('createTwo' as const), size }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      path,
      from: fc.nat(300),
      count: fc.integer({ min: 1, max: 300 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('append' as const), path, size: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('delete' as const, 'rename' as const), path }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('flush' as const, 'wait' as const, 'compact' as const, 'reopen' as const),
    }),
  },
)

/** What is on disk, by path. */
type State = ReadonlyMap<string, Uint8Array>

interface History {
  readonly directory: FaultyDirectory
  /** The state after each step, and how long the log was when the step began and when it was over. */
  readonly steps: { readonly state: State; readonly began: number; ended: number; readonly durable: boolean }[]
}

async function run(actions: readonly Action[]): Promise<History> {
  const directory = new FaultyDirectory()
  let service = await openService(directory)
  const steps: History['steps'] = [{ state: new Map(), began: 0, ended: directory.log.length, durable: true }]
  let seed = 0
  for (const step of actions) {
    const began = directory.log.length
    const before = steps.at(-1)?.state ?? new Map()
    let state: State
    if (step.kind === 'reopen') {
      await service.call('close', {})
      service = await openService(directory)
      state = before
    } else state = await perform(service, step, before, ++seed)
    const durable = step.kind === 'flush' || step.kind === 'reopen' || step.kind === 'compact'
    steps.push({ state, began, ended: directory.log.length, durable })
  }
  return { directory, steps }
}

async function perform(
  service: OpenService,
  step: Exclude<Action, { kind: 'reopen' }>,
  before: State,
  seed: number,
): Promise<State> {
  const after = new Map(before)
  switch (step.kind) {
    case 'create': {
      const bytes = pattern(step.size, seed)
      await service.call('put', { puts: [{ target: { create: spec(step.path, step.size) }, bytes }] })
      return after.set(step.path, bytes)
    }
    case 'createTwo': {
      const pair = [pattern(step.size, seed), pattern(step.size, -seed)] as const
      await service.call('put', {
        puts: pair.map((bytes, i) => ({ target: { create: spec(PATHS[i] as string, step.size) }, bytes })),
      })
      return after.set('a', pair[0]).set('b', pair[1])
    }
    case 'flush':
      await service.call('flush', {})
      return after
    case 'compact':
      await service.call('compact', {})
      return after
    case 'wait':
      service.scheduler.pass(10_000)
      return after
    default:
      return change(service, step, after, seed)
  }
}

async function change(
  service: OpenService,
  step: Extract<Action, { kind: 'replace' | 'set' | 'append' | 'delete' | 'rename' }>,
  after: Map<string, Uint8Array>,
  seed: number,
): Promise<State> {
  const old = after.get(step.path)
  if (old === undefined) return after
  const { incarnation, version } = await service.call('open', { path: step.path })
  switch (step.kind) {
    case 'replace': {
      const bytes = pattern(old.byteLength, seed)
      await service.call('put', { puts: [{ target: { replace: { incarnation, version } }, bytes }] })
      return after.set(step.path, bytes)
    }
    case 'set': {
      const start = step.from % old.byteLength
      const bytes = pattern(Math.min(step.count, old.byteLength - start), seed)
      const selection = [{ start, step: 1, count: bytes.byteLength, keep: true }]
      await service.call('set', { incarnation, selection, bytes, shape: [bytes.byteLength] })
      const value = old.slice()
      value.set(bytes, start)
      return after.set(step.path, value)
    }
    case 'append': {
      const bytes = pattern(step.size, seed)
      await service.call('append', { incarnation, axis: 0, bytes, shape: [bytes.byteLength] })
      const value = new Uint8Array(old.byteLength + bytes.byteLength)
      value.set(old)
      value.set(bytes, old.byteLength)
      return after.set(step.path, value)
    }
    case 'delete':
      await service.call('delete', { paths: [step.path] })
      after.delete(step.path)
      return after
    case 'rename': {
      const to = `${step.path}-renamed`
      if (after.has(to)) return after
      await service.call('rename', { from: step.path, to })
      after.delete(step.path)
      return after.set(to, old)
    }
  }
}

async function found(directory: FaultyDirectory): Promise<State> {
  const service = await openService(directory)
  const { problems } = await service.call('check', { fix: false })
  expect(problems).toEqual([])
  const state = new Map<string, Uint8Array>()
  for (const meta of await service.call('list', { prefix: '' })) {
    const { buffer } = await service.call('read', { incarnation: meta.incarnation })
    state.set(meta.path, new Uint8Array(buffer))
  }
  await service.call('close', {})
  return state
}

/** The disk is as it was at the last durable step, or at one that came after it and had begun before the cut. */
function checkState(state: State, history: History, cut: number): void {
  let first = 0
  for (const [i, step] of history.steps.entries()) if (step.durable && step.ended <= cut) first = i
  const possible = history.steps.slice(first).filter((step, i) => i === 0 || step.began < cut)
  if (!possible.some((step) => sameState(step.state, state))) {
    expect.fail(`a state the disk never had (cut ${cut} of ${history.directory.log.length}): ${[...state.keys()]}`)
  }
}

function sameState(a: State, b: State): boolean {
  return a.size === b.size && [...a].every(([name, value]) => sameBytes(b.get(name), value))
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return Buffer.compare(a, b) === 0
}

function randomOf(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}

test('after a power cut behind any step the disk is as it was at one moment, and what was durable is there', async () => {
  let cuts = 0
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 14 }), fc.integer(), async (actions, seed) => {
      const history = await run(actions)
      const random = randomOf(seed)
      for (let cut = 0; cut <= history.directory.log.length; cut++) {
        const directory = afterPowerCut(history.directory.log, cut, random)
        checkState(await found(directory), history, cut)
        cuts++
      }
    }),
    { numRuns: Number(process.env['POWER_LOSS_RUNS'] ?? 100) },
  )
  console.log(`${cuts} power cuts`)
}, 600_000)

test('a power cut during the recovery from a power cut loses nothing either', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 10 }), fc.integer(), async (actions, seed) => {
      const history = await run(actions)
      const random = randomOf(seed)
      const cut = Math.floor(random() * (history.directory.log.length + 1))
      const broken = afterPowerCut(history.directory.log, cut, random)
      // What survived the first cut is all there is: it counts as flushed.
      const base = [...broken.files()].flatMap(([file, bytes]) => [
        { kind: 'write', file, at: 0, bytes } as const,
        { kind: 'flush', file } as const,
      ])
      const first = await found(copyOf(base))
      const again = copyOf(base)
      await openService(again)
      for (let second = 0; second <= again.log.length; second++) {
        const directory = afterPowerCut([...base, ...again.log], base.length + second, random)
        const state = await found(directory)
        checkState(state, history, cut)
        // Once the recovery is over, what it found stays.
        if (second === again.log.length) expect(sameState(state, first)).toBe(true)
      }
    }),
    { numRuns: 40 },
  )
}, 600_000)

function copyOf(operations: readonly Parameters<FaultyDirectory['replay']>[0][]): FaultyDirectory {
  const directory = new FaultyDirectory()
  for (const operation of operations) directory.replay(operation)
  return directory
}
