// What comes from outside through a message port: nonsense in any place of any call is refused, and changes nothing else.
import { expect, test } from 'vitest'
import { LazyDiskCacheError, ShapeError } from '../../../src/core/errors.js'
import { apply, leaf } from '../../../src/core/numpy/expression.js'
import type { ArrayMeta, MethodName, Params } from '../../../src/protocol.js'
import {
  bytesAt,
  type OpenService,
  openService,
  pattern,
  putBytes,
  sameBytes,
  spec,
} from '../../support/engine-harness.js'
import { FaultyDirectory } from '../../support/faulty-directory.js'
import { Random } from '../../support/random.js'

const CALLS = Number(process.env['NONSENSE_CALLS'] ?? 500)
const SEED = Number(process.env['NONSENSE_SEED'] ?? 1)
const SIZE = 3000

const EXPECTED = [LazyDiskCacheError, TypeError, RangeError] as const

type Request = { [M in MethodName]: readonly [M, Params<M>] }[MethodName]

const NONSENSE: readonly unknown[] = [
  ...[undefined, null, true, '', 'x', '../x', '__proto__', 'constructor', '\ud800', {}, [], [[]], [null]],
  ...[-1, -0, 0, 3, 1.5, Number.NaN, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e300, Number.POSITIVE_INFINITY],
  ...[new Uint8Array(3), new Float64Array(2), new ArrayBuffer(5), JSON.parse('{"__proto__":{"polluted":1}}')],
]

const all = (count: number) => [{ start: 0, step: 1, count, keep: true }]

/** Calls that are right, on an array that may be changed. */
function requests(incarnation: number, version: number): readonly Request[] {
  const layout = { shape: [SIZE], strides: [1], offset: 0 }
  const dtype = 'uint8' as const
  const root = apply('add', [leaf(0, dtype, [SIZE]), leaf(0, dtype, [SIZE])])
  const evaluation = {
    computation: { kind: 'elementwise' },
    roots: [root],
    sources: [{ incarnation, base: [SIZE], layout }],
  } as const
  return [
    [
      'put',
      { puts: [{ target: { create: spec('victim/new', 10, { tags: ['t'], expire: 1000 }) }, bytes: pattern(10, 1) }] },
    ],
    ['put', { puts: [{ target: { create: spec('victim/item', 10) }, item: Uint8Array.of(1) }] }],
    ['put', { puts: [{ target: { replace: { incarnation, version } }, bytes: pattern(SIZE, 1) }] }],
    ['beginWrite', { targets: [{ create: spec('victim/draft', 10) }] }],
    ['write', { draft: 1, offset: 0, bytes: pattern(10, 1) }],
    ['commitWrite', { draft: 1 }],
    ['abortWrite', { draft: 1 }],
    ['open', { path: 'victim' }],
    ['stat', { path: 'victim' }],
    ['list', { prefix: '' }],
    ['release', { incarnations: [999] }],
    ['setPurge', { incarnation, purge: false }],
    ['read', { incarnation, selection: all(10), into: new ArrayBuffer(10) }],
    ['readMany', { incarnation, selections: [all(10), all(5)] }],
    ['set', { incarnation, selection: all(10), bytes: pattern(10, 2), shape: [10] }],
    ['append', { incarnation, axis: 0, bytes: pattern(10, 2), shape: [10] }],
    ['evaluate', evaluation],
    ['evaluateInto', { ...evaluation, targets: [{ incarnation, version }] }],
    ['setAttributes', { incarnation, attributes: { a: [1, { b: 2 }] } }],
    ['rename', { from: 'victim', to: 'victim', overwrite: false }],
    ['delete', { paths: ['nothing'] }],
    ['purge', { incarnation: 999 }],
    ['saveState', { incarnation, state: { a: 1 } }],
    ['loadState', { incarnation }],
    ['keepBuffers', { byteLength: 1 << 20 }],
    ['evict', { tag: 'nothing' }],
    ['check', { fix: false }],
  ]
}

/** One value in it, at any depth, is nonsense. */
function spoilt(value: unknown, random: Random): unknown {
  const isLeaf =
    typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer
  if (isLeaf || random.chance(0.15)) return random.pick(NONSENSE)
  if (Array.isArray(value)) {
    const at = random.below(Math.max(1, value.length))
    return value.map((one, i) => (i === at ? spoilt(one, random) : one))
  }
  const names = Object.keys(value)
  const name = random.pick(names)
  return { ...value, [name]: spoilt((value as Record<string, unknown>)[name], random) }
}

test('a view that leaves its array is refused: what lies behind it is another one', async () => {
  const service = await furnished()
  const { incarnation } = (await service.call('stat', { path: 'victim' })) as ArrayMeta
  const dtype = 'uint8' as const
  const leaves = [
    { shape: [10], strides: [1], offset: SIZE - 9 },
    { shape: [10], strides: [-1], offset: 8 },
    { shape: [2, 10], strides: [SIZE, 1], offset: 0 },
    { shape: [10], strides: [], offset: 0 },
    { shape: [10], strides: [0.5], offset: 0 },
    { shape: [10], strides: [1], offset: -1 },
  ]
  for (const layout of leaves) {
    const roots = [apply('negative', [leaf(0, dtype, layout.shape)])]
    for (const source of [
      { incarnation, base: [SIZE], layout },
      { bytes: new Uint8Array(SIZE), layout },
    ]) {
      const evaluation = { computation: { kind: 'elementwise' }, roots, sources: [source] } as const
      await expect(service.call('evaluate', evaluation), JSON.stringify(layout)).rejects.toBeInstanceOf(ShapeError)
    }
  }
})

async function furnished(): Promise<OpenService> {
  const service = await openService(new FaultyDirectory())
  await putBytes(service, 'safe', pattern(SIZE, 5))
  await putBytes(service, 'victim', pattern(SIZE, 6))
  return service
}

test('nonsense in a call is an error that says so or harmless, and leaves every other array as it is', async () => {
  const random = new Random(SEED)
  let service = await furnished()
  let refused = 0
  for (let i = 0; i < CALLS; i++) {
    // Renamed to nonsense it is found there.
    let victim = await service.call('stat', { path: 'victim' })
    if (victim === undefined || i % 100 === 99) {
      service = await furnished()
      victim = (await service.call('stat', { path: 'victim' })) as ArrayMeta
    }
    const [method, params] = random.pick(requests(victim.incarnation, victim.version))
    const name = random.chance(0.02) ? random.pick(['constructor', '__proto__', 'toString', 'x']) : method
    const given = spoilt(structuredClone(params), random)
    const where = `call ${i} of seed ${SEED}: ${name} of ${JSON.stringify(given)?.slice(0, 500)}`
    const error: unknown = await service.call(name as 'put', given as Params<'put'>).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error !== undefined) {
      refused++
      if (!EXPECTED.some((type) => error instanceof type)) throw new Error(where, { cause: error })
    }
    if (!sameBytes(await bytesAt(service, 'safe'), pattern(SIZE, 5))) expect.fail(`${where} changed another array`)
    expect(({} as { polluted?: unknown }).polluted, where).toBeUndefined()
  }
  expect((await service.call('check', { fix: false })).problems).toEqual([])
  console.log(`${refused} of ${CALLS} calls refused`)
  expect(refused).toBeGreaterThan(CALLS / 3)
}, 600_000)
