// Element-wise results that a second thread has a part in: the same values and checksums, whatever becomes of that thread.
import { expect, test } from 'vitest'
import { apply, leaf, type Node } from '../../../src/core/numpy/expression.js'
import { weakOf } from '../../../src/core/numpy/weak.js'
import { bytesOf } from '../../../src/core/typed-array.js'
import type { OpenService } from '../../support/engine-harness.js'
import { openService, sameBytes, spec } from '../../support/engine-harness.js'
import { Second, TurningScheduler } from '../../support/second-thread.js'

/** So many float64 are worth sharing; they end within a block. */
const SIZE = 3 * 2 ** 20 + 12_345
const VALUES = Float64Array.from({ length: SIZE }, (_, i) => ((i % 1009) - 500.5) / 7)
const REVERSED = VALUES.toReversed()
const SUMS = VALUES.map((value, i) => value + (REVERSED[i] as number))

const a = leaf(0, 'float64', [SIZE])
const b = leaf(1, 'float64', [SIZE])
/** `values + values[::-1]` */
const sum = apply('add', [a, b])

class Disk {
  readonly service: OpenService

  constructor(service: OpenService) {
    this.service = service
  }

  static async with(second: Second): Promise<Disk> {
    const disk = new Disk(await openService(second.directory, { second, scheduler: new TurningScheduler() }))
    await disk.put('values', 'float64', bytesOf(VALUES))
    return disk
  }

  async put(path: string, dtype: 'float64' | 'bool', bytes: Uint8Array): Promise<void> {
    const create = spec(path, 0, { shape: [SIZE], dtype })
    await this.service.call('put', { puts: [{ target: { create }, bytes }] })
  }

  /** Computes over the values into what is at the path. */
  async start(root: Node, path: string) {
    const stat = async (at: string) => {
      const meta = await this.service.call('stat', { path: at })
      if (meta === undefined) throw new Error(`there is nothing at ${at}`)
      return meta
    }
    const { incarnation } = await stat('values')
    const { incarnation: out, version } = await stat(path)
    const layouts = [
      { shape: [SIZE], strides: [1], offset: 0 },
      { shape: [SIZE], strides: [-1], offset: SIZE - 1 },
    ]
    const sources = layouts.map((layout) => ({ incarnation, base: [SIZE], layout }))
    const computation = { kind: 'elementwise' } as const
    const targets = [{ incarnation: out, version }]
    return this.service.start('evaluateInto', { computation, roots: [root], sources, targets })
  }

  /** What is there, on a disk without damage. */
  async bytes(path: string): Promise<Uint8Array> {
    const { problems } = await this.service.call('check', { fix: false })
    expect(problems).toEqual([])
    const meta = await this.service.call('stat', { path })
    return new Uint8Array((await this.service.call('read', { incarnation: meta?.incarnation ?? 0 })).buffer)
  }
}

test('results on disk that a second thread has a part in are the same, of any width', async () => {
  const second = new Second()
  const disk = await Disk.with(second)
  await disk.put('positive', 'bool', new Uint8Array(SIZE))
  await (await disk.start(apply('greater', [sum, weakOf(0)]), 'positive')).result
  expect(second.delivered).toBeGreaterThan(0)
  const positive = Uint8Array.from(SUMS, (value) => Number(value > 0))
  expect(sameBytes(await disk.bytes('positive'), positive)).toBe(true)
})

test('what a second thread is reading is not changed by the result that goes to the same array', async () => {
  const second = new Second()
  const disk = await Disk.with(second)
  await (await disk.start(sum, 'values')).result
  expect(second.delivered).toBeGreaterThan(3)
  expect(sameBytes(await disk.bytes('values'), bytesOf(SUMS))).toBe(true)
})

test('results in memory may have parts from a second thread too', async () => {
  const second = new Second()
  const { service } = await Disk.with(second)
  const meta = await service.call('stat', { path: 'values' })
  const layout = { shape: [SIZE], strides: [1], offset: 0 }
  const sources = [{ incarnation: meta?.incarnation ?? 0, base: [SIZE], layout }]
  const computation = { kind: 'elementwise' } as const
  const { buffer } = await service.call('evaluate', { computation, roots: [apply('add', [a, a])], sources })
  expect(second.delivered).toBeGreaterThan(3)
  const doubled = VALUES.map((value) => value + value)
  expect(sameBytes(new Uint8Array(buffer, 0, doubled.byteLength), bytesOf(doubled))).toBe(true)
})

test('what a second thread had under way when it ended is computed without it', async () => {
  const second: Second = new Second(async () => {
    if (second.delivered === 2) throw new Error('it has ended')
  })
  const disk = await Disk.with(second)
  await (await disk.start(sum, 'values')).result
  expect(second.delivered).toBe(2)
  expect(sameBytes(await disk.bytes('values'), bytesOf(SUMS))).toBe(true)
})

test('an abort amid deliveries leaves the value there was, when the second thread has stopped', async () => {
  let abort: () => void = () => undefined
  const second: Second = new Second(async () => {
    if (second.delivered === 2) abort()
  })
  const disk = await Disk.with(second)
  const running = await disk.start(sum, 'values')
  abort = running.abort
  await expect(running.result).rejects.toMatchObject({ name: 'AbortError' })
  const { delivered } = second
  expect(delivered).toBeGreaterThan(1)
  expect(sameBytes(await disk.bytes('values'), bytesOf(VALUES))).toBe(true)
  expect(second.delivered).toBe(delivered)
})
