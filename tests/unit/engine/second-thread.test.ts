// What a second thread has a part in, results onto disk and reductions: whole, whatever becomes of that thread.
import { expect, test } from 'vitest'
import { NDArray } from '../../../src/core/ndarray.js'
import { apply, leaf } from '../../../src/core/numpy/expression.js'
import { weakOf } from '../../../src/core/numpy/weak.js'
import { bytesOf } from '../../../src/core/typed-array.js'
import { DataFiles } from '../../../src/engine/data-files.js'
import { fillFor, reduceFor } from '../../../src/engine/evaluating.js'
import { MemoryDirectory } from '../../../src/engine/memory-directory.js'
import type { DraftShare, PieceShare, SecondThread } from '../../../src/engine/operators/sharing.js'
import type { SyncFile } from '../../../src/engine/storage.js'
import { Work } from '../../../src/engine/work.js'
import { min, sum } from '../../../src/numpy-sync.js'
import type { ArrayMeta } from '../../../src/protocol.js'
import {
  bytesAt,
  ManualScheduler,
  type OpenService,
  openService,
  sameBytes,
  spec,
} from '../../support/engine-harness.js'

/** Ends within a block of the rest. */
const SIZE = 3.5 * 2 ** 20 + 12_345

/** Its open files are open to others too. */
class SharingDirectory extends MemoryDirectory {
  readonly #open = new Map<string, SyncFile>()

  override async open(name: string): Promise<SyncFile> {
    const file = this.#open.get(name) ?? (await super.open(name))
    this.#open.set(name, file)
    return file
  }
}

/** Files of its own over the same directory, as another worker has them. */
class Second implements SecondThread {
  readonly shares: object[] = []
  readonly #directory: MemoryDirectory
  readonly #before: (work: Work) => Promise<void>
  #work: Work | undefined

  constructor(directory: MemoryDirectory, before: (work: Work) => Promise<void> = async () => undefined) {
    this.#directory = directory
    this.#before = before
  }

  async ready(): Promise<boolean> {
    return true
  }

  async fill(share: DraftShare): ReturnType<SecondThread['fill']> {
    return fillFor(...(await this.#begin(share)))
  }

  async reduce(share: PieceShare): ReturnType<SecondThread['reduce']> {
    return reduceFor(...(await this.#begin(share)))
  }

  async #begin<S extends object>(share: S): Promise<[DataFiles, S, Work]> {
    this.shares.push(share)
    const data = new DataFiles(this.#directory)
    await data.openAll()
    const work = new Work(new ManualScheduler())
    this.#work = work
    await this.#before(work)
    return [data, structuredClone(share), work]
  }

  stop(): void {
    this.#work?.abort()
  }
}

const A = Int16Array.from({ length: SIZE }, (_, i) => (i % 30_011) - 15_000)
const B = Float64Array.from({ length: SIZE }, (_, i) => (i % 1009) - 500.5)

async function put(service: OpenService, path: string, array: Int16Array | Float64Array): Promise<ArrayMeta> {
  const create = spec(path, 0, { shape: [SIZE], dtype: array instanceof Int16Array ? 'int16' : 'float64' })
  const [result] = await service.call('put', { puts: [{ target: { create }, bytes: bytesOf(array) }] })
  return (result as { meta: ArrayMeta }).meta // one put
}

const LAYOUT = { shape: [SIZE], strides: [1], offset: 0 }
const sourceOf = ({ incarnation }: ArrayMeta) => ({ incarnation, base: [SIZE], layout: LAYOUT })

async function prepared(directory: MemoryDirectory, second: SecondThread) {
  const service = await openService(directory, { second })
  const [a, b, narrow, wide] = [
    await put(service, 'a', A),
    await put(service, 'b', B),
    await put(service, 'narrow', new Int16Array(SIZE)),
    await put(service, 'wide', new Float64Array(SIZE)),
  ]
  const negated = apply('negative', [leaf(0, 'int16', [SIZE])])
  const sum = apply('add', [leaf(0, 'int16', [SIZE]), leaf(1, 'float64', [SIZE])])
  const targets = [narrow, wide].map(({ incarnation, version }) => ({ incarnation, version }))
  const params = {
    computation: { kind: 'elementwise' },
    roots: [negated, sum],
    sources: [a, b].map(sourceOf),
    targets,
  } as const
  return { service, params }
}

async function expectResults(service: OpenService): Promise<void> {
  const negated = A.map((value) => -value)
  const sum = B.map((value, i) => value + (A[i] as number))
  expect(sameBytes(await bytesAt(service, 'narrow'), bytesOf(negated))).toBe(true)
  expect(sameBytes(await bytesAt(service, 'wide'), bytesOf(sum))).toBe(true)
  expect((await service.call('check', { fix: false })).problems).toEqual([])
}

test('a second thread makes ranges from the end on, their checksums too', async () => {
  const directory = new SharingDirectory()
  const second = new Second(directory)
  const { service, params } = await prepared(directory, second)
  await service.call('evaluateInto', params)
  expect(second.shares[0]).toMatchObject({ end: SIZE })
  expect(second.shares.length).toBeGreaterThan(0)
  await expectResults(service)
})

test('what a second thread fails to make is made without it', async () => {
  const directory = new SharingDirectory()
  const second = new Second(directory, async () => {
    throw new Error('it has ended')
  })
  const { service, params } = await prepared(directory, second)
  await service.call('evaluateInto', params)
  expect(second.shares).toHaveLength(1)
  await expectResults(service)
})

test('a second thread reduces pieces, and the result is the same bit for bit', async () => {
  const directory = new SharingDirectory()
  const second = new Second(directory)
  const { service, params } = await prepared(directory, second)
  const { sources } = params
  const summed = NDArray.from(B.map((value, i) => value / 3 + (A[i] as number)))
  const operands = [leaf(0, 'int16', [SIZE]), apply('divide', [leaf(1, 'float64', [SIZE]), weakOf(3)])]
  for (const [name, reduced] of [
    ['sum', sum],
    ['min', min],
  ] as const) {
    const roots = [apply('add', operands)]
    const computation = { kind: 'reduce', name, options: {} } as const
    const { buffer } = await service.call('evaluate', { computation, roots, sources })
    expect(new Float64Array(buffer, 0, 1)[0]).toBe(reduced(summed))
  }
  expect(second.shares.length).toBeGreaterThan(1)
})

test('an abort is told when the second thread has stopped too, and leaves the value before', async () => {
  const directory = new SharingDirectory()
  let isUnderWay = false
  const second = new Second(directory, async (work) => {
    isUnderWay = true
    running.abort()
    while (isUnderWay) {
      await new Promise((resolve) => setTimeout(resolve))
      try {
        work.check()
      } catch (error) {
        isUnderWay = false
        throw error
      }
    }
  })
  const { service, params } = await prepared(directory, second)
  const running = service.start('evaluateInto', params)
  await expect(running.result).rejects.toMatchObject({ name: 'AbortError' })
  expect(second.shares).toHaveLength(1)
  expect(isUnderWay).toBe(false)
  expect((await bytesAt(service, 'wide')).every((byte) => byte === 0)).toBe(true)
})
