// What happens when objects are collected. Node alone can be told to collect.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test } from 'vitest'
import { type Disk, openDisk } from '../../../src/index.js'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const disks: Disk[] = []
let names = 0

async function makeDisk(): Promise<Disk> {
  const disk = await openDisk({ name: `collection-${names++}`, backend: 'memory' })
  disks.push(disk)
  return disk
}

afterEach(async () => {
  await Promise.all(disks.splice(0).map((disk) => disk.close({ discard: true })))
})

/** Collects until it holds, or some time has passed. */
async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (let turn = 0; turn < 40; turn++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 10))
    if (await holds()) return true
  }
  return false
}

const isGone = (disk: Disk, path: string) => async () => !(await disk.has(path))

describe('collection', () => {
  test('of the last object takes bytes that are to be purged, and ephemeral ones', async () => {
    const disk = await makeDisk()
    await disk.array([1], { cachePath: 'a', purgeDiskOnGc: true })
    await disk.array([1])
    await disk.array([1], { cachePath: 'kept' })
    expect(await eventually(async () => (await disk.usage()).arrays === 1)).toBe(true)
    expect(await disk.has('kept')).toBe(true)
  })

  test('of one object leaves bytes that another one holds, a view too', async () => {
    const disk = await makeDisk()
    await disk.array([1, 2], { cachePath: 'a', purgeDiskOnGc: true })
    const view = await (async () => (await disk.openArray('a')).view([1]))()
    expect(await eventually(isGone(disk, 'a'))).toBe(false)
    expect(await view.item()).toBe(2)
  })

  test('of an object whose purge was disarmed leaves its bytes', async () => {
    const disk = await makeDisk()
    await (await disk.array([1], { cachePath: 'a', purgeDiskOnGc: true })).disablePurge()
    await (await disk.array([1], { cachePath: 'b', purgeDiskOnGc: true })).toState()
    expect(await eventually(isGone(disk, 'a'))).toBe(false)
    expect(await disk.has('b')).toBe(true)
  })

  test('of a late object does not take a new array at the same path', async () => {
    const disk = await makeDisk()
    await disk.array([1], { cachePath: 'a', purgeDiskOnGc: true })
    const kept = await disk.array([2], { cachePath: 'a' })
    expect(await eventually(isGone(disk, 'a'))).toBe(false)
    expect(await kept.item()).toBe(2)
  })

  test('of an object with changes writes them back, and frees its memory', async () => {
    const disk = await makeDisk()
    await (async () => {
      const array = await disk.array([1, 2], { cachePath: 'a', dtype: 'float64' })
      ;(await array.data())[0] = 5
    })()
    expect(await eventually(async () => (await disk.usage()).residentBytes === 0)).toBe(true)
    expect(await (await disk.openArray('a')).item(0)).toBe(5)
  })

  test('waits for the end of work under way', async () => {
    const disk = await makeDisk()
    const result = await (async () => {
      const array = await disk.array(new Float64Array(2 ** 20).fill(3), { cachePath: 'a', purgeDiskOnGc: true })
      await array.offload()
      const reading = array.get()
      return reading
    })()
    expect(result.item(2 ** 20 - 1)).toBe(3)
    expect(await eventually(isGone(disk, 'a'))).toBe(true)
  })
})

describe('an operation', () => {
  test('keeps its operands until it is done, and lets them go then', async () => {
    const disk = await makeDisk()
    const { lazy } = await import('../../../src/numpy.js')
    const working = await (async () => {
      const array = await disk.array(new Float64Array(2 ** 20).fill(1), { automaticOffloading: true })
      return { sums: [array.sum(), lazy(array.view([])).add(1).sum()] }
    })()
    for (let turn = 0; turn < 5; turn++) {
      collect()
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(await Promise.all(working.sums)).toEqual([2 ** 20, 2 ** 21])
    expect(await eventually(async () => (await disk.usage()).arrays === 0)).toBe(true)
  })

  test('that is only planned keeps its arrays as long as there is the plan', async () => {
    const disk = await makeDisk()
    const { lazy } = await import('../../../src/numpy.js')
    const plans = [await (async () => lazy(await disk.array([1, 2], { automaticOffloading: true })).add(1))()]
    const isAlone = async () => (await disk.usage()).arrays === 0
    expect(await eventually(isAlone)).toBe(false)
    expect(await plans[0]?.sum()).toBe(5)
    plans.pop()
    expect(await eventually(isAlone)).toBe(true)
  })
})
