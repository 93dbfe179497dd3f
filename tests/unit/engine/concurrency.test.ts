// Random calls issued without waiting for one another, with compaction, aborts and reopening among them: every value read is
// that of the version read, no change is lost, and every byte of room is accounted for.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StaleArrayError } from '../../../src/core/errors.js'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import type { SyncFile } from '../../../src/engine/storage.js'
import type { ArrayMeta, PutResult } from '../../../src/protocol.js'
import { ManualScheduler, type OpenService, openService, pattern, spec } from '../../support/engine-harness.js'

const PATHS = ['a', 'b', 'c', 'd']
const MIB = 1 << 20

type Action =
  | { readonly kind: 'create'; readonly path: string; readonly size: number; readonly aborted: boolean }
  | { readonly kind: 'replace' | 'pieces'; readonly path: string; readonly aborted: boolean }
  | {
      readonly kind: 'set'
      readonly path: string
      readonly from: number
      readonly count: number
      readonly aborted: boolean
    }
  | { readonly kind: 'append'; readonly path: string; readonly size: number; readonly aborted: boolean }
  | { readonly kind: 'read' | 'delete' | 'rename'; readonly path: string }
  | { readonly kind: 'compact' }
  | { readonly kind: 'flush' }
  | { readonly kind: 'wait' }

const path = fc.constantFrom(...PATHS)
const aborted = fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0)
/** Multiples of 64, so that what is stored is what is used. */
const size = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 50 }).map((units) => 64 * units) },
  { weight: 3, arbitrary: fc.constantFrom(MIB / 4, MIB / 4 + 64, MIB, MIB + 64, 2 * MIB + MIB / 2, 3 * MIB) },
)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('create' as const), path, size, aborted }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('replace' as const, 'pieces' as const), path, aborted }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      path,
      from: fc.nat(4 * MIB),
      count: fc.nat(MIB),
      aborted,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('append' as const), path, size, aborted }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('read' as const), path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('delete' as const, 'rename' as const), path }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('compact' as const, 'flush' as const, 'wait' as const) }) },
)

/** Lets others run for a random while at every pause. */
class JitteryScheduler extends ManualScheduler {
  readonly #random: () => number

  constructor(random: () => number) {
    super()
    this.#random = random
  }

  override async pause(): Promise<void> {
    for (let hops = Math.floor(8 * this.#random()); hops > 0; hops--) await undefined
  }
}

class MeasuredDirectory extends MemoryDirectory {
  readonly #files = new Map<string, SyncFile>()

  get dataBytes(): number {
    return [...this.#files].reduce((sum, [name, file]) => (name.startsWith('data-') ? sum + file.getSize() : sum), 0)
  }

  override async open(name: string): Promise<SyncFile> {
    const file = await super.open(name)
    this.#files.set(name, file)
    return file
  }
}

/** A change that succeeded: what it makes of the bytes before. */
interface Written {
  readonly meta: ArrayMeta
  readonly apply: (before: Uint8Array) => Uint8Array
}

class Model {
  /** The bytes of every version there was, by incarnation and version. */
  readonly #values = new Map<string, Uint8Array>()
  readonly #latest = new Map<number, Uint8Array>()
  readonly written: Written[] = []
  readonly reads: { readonly incarnation: number; readonly version: number; readonly bytes: Uint8Array }[] = []
  readonly #made = new Set<number>()
  readonly gone = new Set<number>()

  get live(): number[] {
    return [...this.#made].filter((incarnation) => !this.gone.has(incarnation))
  }

  note({ meta, replaced }: PutResult, bytes: Uint8Array): void {
    this.written.push({ meta, apply: () => bytes })
    this.#made.add(meta.incarnation)
    if (replaced !== undefined) this.gone.add(replaced)
  }

  /** Works out the values of all versions, in the order of their commits, and checks what was read. */
  settle(): void {
    for (const { meta, apply } of this.written.splice(0).sort((a, b) => a.meta.version - b.meta.version)) {
      const bytes = apply(this.#latest.get(meta.incarnation) ?? new Uint8Array())
      this.#latest.set(meta.incarnation, bytes)
      this.#values.set(`${meta.incarnation} ${meta.version}`, bytes)
    }
    for (const { incarnation, version, bytes } of this.reads.splice(0)) {
      const expected = this.#values.get(`${incarnation} ${version}`)
      expect(expected && Buffer.compare(bytes, expected), `array ${incarnation}, version ${version}`).toBe(0)
    }
  }
}

async function perform(service: OpenService, model: Model, action: Action, seed: number): Promise<void> {
  if (action.kind === 'compact' || action.kind === 'flush') return service.call(action.kind, {})
  if (action.kind === 'wait') return service.scheduler.pass(10_000)
  const calls = { begin: (call: { abort(): void }) => 'aborted' in action && action.aborted && call.abort() }
  if (action.kind === 'create') {
    const bytes = pattern(action.size, seed)
    const call = service.start('put', { puts: [{ target: { create: spec(action.path, action.size) }, bytes }] })
    calls.begin(call)
    const [result] = await call.result
    return model.note(result as PutResult, bytes)
  }
  const now = await service.call('stat', { path: action.path })
  if (now !== undefined) await change(service, model, action, now, seed, calls.begin)
}

async function change(
  service: OpenService,
  model: Model,
  action: Exclude<Action, { kind: 'create' | 'compact' | 'flush' | 'wait' }>,
  { incarnation, version, nbytes, path: at }: ArrayMeta,
  seed: number,
  begun: (call: { abort(): void }) => void,
): Promise<void> {
  switch (action.kind) {
    case 'read': {
      const { buffer, version: read } = await service.call('read', { incarnation })
      model.reads.push({ incarnation, version: read, bytes: new Uint8Array(buffer) })
      return
    }
    case 'delete':
      for (const gone of await service.call('delete', { paths: [at] })) model.gone.add(gone)
      return
    case 'rename':
      await service.call('rename', { from: at, to: `${at}${seed}` })
      await service.call('rename', { from: `${at}${seed}`, to: at }).catch(() => undefined)
      return
    case 'replace': {
      const bytes = pattern(nbytes, seed)
      const call = service.start('put', { puts: [{ target: { replace: { incarnation, version } }, bytes }] })
      begun(call)
      const [result] = await call.result
      return model.note(result as PutResult, bytes)
    }
    case 'pieces':
      return writePieces(service, model, { incarnation, version, nbytes }, seed, action.aborted)
    case 'set': {
      const from = action.from % nbytes
      const bytes = pattern(Math.min(action.count, nbytes - from), seed)
      const selection = [{ start: from, step: 1, count: bytes.byteLength, keep: true }]
      const call = service.start('set', { incarnation, selection, bytes, shape: [bytes.byteLength] })
      begun(call)
      const meta = await call.result
      if (bytes.byteLength > 0) model.written.push({ meta, apply: (before) => patched(before, bytes, from) })
      return
    }
    case 'append': {
      const bytes = pattern(action.size, seed)
      const call = service.start('append', { incarnation, axis: 0, bytes, shape: [action.size] })
      begun(call)
      const meta = await call.result
      model.written.push({ meta, apply: (before) => Buffer.concat([before, bytes]) })
    }
  }
}

async function writePieces(
  service: OpenService,
  model: Model,
  { nbytes, ...replace }: Pick<ArrayMeta, 'incarnation' | 'version' | 'nbytes'>,
  seed: number,
  gaveUp: boolean,
): Promise<void> {
  const { draft } = await service.call('beginWrite', { targets: [{ replace }] })
  const bytes = pattern(nbytes, seed)
  const writing: Promise<unknown>[] = []
  for (let offset = 0; offset < nbytes; offset += MIB) {
    writing.push(service.call('write', { draft, offset, bytes: bytes.slice(offset, offset + MIB) }))
  }
  if (gaveUp) await service.call('abortWrite', { draft })
  await Promise.all(writing)
  const [result] = await service.call('commitWrite', { draft })
  model.note(result as PutResult, bytes)
}

function patched(before: Uint8Array, bytes: Uint8Array, at: number): Uint8Array {
  const after = new Uint8Array(before)
  after.set(bytes, at)
  return after
}

/** What may happen to a call whose array somebody else changes, or that was aborted. */
function isExpected(error: unknown): boolean {
  if (error instanceof StaleArrayError) return true
  if (!(error instanceof Error)) return false
  return error.name === 'AbortError' || /^there is no (draft|array at)/.test(error.message)
}

/** Arrays of every kind of block, with room between them that compaction closes. */
async function furnish(service: OpenService, model: Model): Promise<void> {
  const sizes = [3 * MIB, MIB + 64, MIB / 4, 2 * MIB]
  for (const [i, size] of sizes.entries()) {
    await service.call('put', {
      puts: [{ target: { create: spec('filler', MIB + 9 * 64) }, bytes: pattern(MIB + 9 * 64, 1) }],
    })
    const bytes = pattern(size, -i)
    const [made] = await service.call('put', { puts: [{ target: { create: spec(PATHS[i] as string, size) }, bytes }] })
    model.note(made as PutResult, bytes)
  }
  await service.call('delete', { paths: ['filler'] })
  await service.call('flush', {})
}

async function checkDisk(service: OpenService, directory: MeasuredDirectory, model: Model): Promise<void> {
  const metas = await service.call('list', { prefix: '' })
  expect(metas.map(({ incarnation }) => incarnation).sort()).toEqual(model.live.sort())
  for (const { incarnation } of metas) {
    const { buffer, version } = await service.call('read', { incarnation })
    model.reads.push({ incarnation, version, bytes: new Uint8Array(buffer) })
  }
  model.settle()
  await service.call('flush', {})
  expect((await service.call('check', { fix: false })).problems).toEqual([])
  const { liveBytes, freeBytes } = await service.call('usage', {})
  expect(liveBytes + freeBytes).toBe(directory.dataBytes)
}

test('calls that run at once lose no change, mix no values and leak no room', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(action, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
      fc.integer(),
      async (batches, seed) => {
        let state = seed | 0
        const random = (): number => {
          state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0
          return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
        }
        const directory = new MeasuredDirectory()
        const model = new Model()
        let nth = 0
        const first = await openService(directory)
        await furnish(first, model)
        await first.call('close', {})
        for (const batch of batches) {
          const service = await openService(directory, { scheduler: new JitteryScheduler(random) })
          const done = await Promise.allSettled(batch.map((action) => perform(service, model, action, ++nth)))
          for (const outcome of done) {
            if (outcome.status === 'rejected' && !isExpected(outcome.reason)) throw outcome.reason
          }
          await checkDisk(service, directory, model)
          await service.call('close', {})
        }
      },
    ),
    { numRuns: Number(process.env['CONCURRENCY_RUNS'] ?? 40) },
  )
}, 120_000)
