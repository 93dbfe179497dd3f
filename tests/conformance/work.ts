// Long work: progress, and aborting it.
import { type Disk, type DiskBackedNDArray, slice, type WorkOptions } from '../../src/index.js'
import { deepEqual, equal, ok, rejects } from '../support/assert.js'
import type { Case } from '../support/conformance.js'
import { counted, MIB, noise, sameBytes } from './numbers.js'

/** More than one of the pieces that large values are sent in. */
const SIZE = 5 * MIB + 24
const BYTES = noise(SIZE)

type Work = (disk: Disk, array: DiskBackedNDArray, options: WorkOptions) => Promise<unknown>

/** Writes in pieces, each of which the page sends; `array` is of SIZE bytes, loaded and changed. */
const WRITES: Record<string, Work> = {
  create: (disk, _array, options) => disk.array(BYTES, { ...options, cachePath: 'new' }),
  'create with transfer': (disk, _array, options) =>
    disk.array(BYTES.slice(), { ...options, transfer: true, cachePath: 'new' }),
  'create from a stream': (disk, _array, options) =>
    disk.array(new Blob([BYTES]).stream(), { ...options, shape: [SIZE], dtype: 'uint8', cachePath: 'new' }),
  offload: (_disk, array, options) => array.offload(options),
  'offload with transfer': (_disk, array, options) => array.offload({ ...options, transfer: true }),
  flush: (_disk, array, options) => array.flush(options),
  'flush of the disk': (disk, _array, options) => disk.flush(options),
}

const READS: Record<string, Work> = {
  load: (_disk, array, options) => array.load('r+', options),
  get: (_disk, array, options) => array.get([slice(0, SIZE)], options),
  'get of a view': (_disk, array, options) =>
    array
      .reshape([8, SIZE / 8])
      .transpose()
      .get([], options),
  toArray: (_disk, array, options) => array.toArray(options),
  getMany: (_disk, array, options) => array.getMany([[slice(0, SIZE / 2)], [slice(SIZE / 2)]], options),
  blocks: async (_disk, array, options) => {
    for await (const { array: block } of array.blocks(options)) ok(block)
  },
}

/** One call of the service each. */
const CHANGES: Record<string, Work> = {
  set: (_disk, array, options) => array.set([], 9, options),
  full: (disk, _array, options) => disk.full([SIZE], 9, 'uint8', { ...options, cachePath: 'new' }),
}

const ALL_WORK: Record<string, Work> = {
  ...WRITES,
  ...READS,
  ...CHANGES,
  check: (disk, _array, options) => disk.check(options),
}

async function arrayFor(disk: Disk, work: Work): Promise<DiskBackedNDArray> {
  const array = await disk.array(BYTES, { cachePath: 'a' })
  await array.offload()
  if (Object.values(WRITES).includes(work)) (await array.data())[0] = 1
  return array
}

/** Errors of listeners are the page's to see: here they are expected. */
async function withExpectedErrors(work: () => Promise<unknown>): Promise<void> {
  const { reportError } = globalThis
  Object.assign(globalThis, { reportError: () => undefined })
  try {
    await work()
  } finally {
    Object.assign(globalThis, { reportError })
  }
}

const reason = new RangeError('enough')

/** Aborts in the first report of at least that part of the whole. */
function abortedAt(part: number): WorkOptions {
  const controller = new AbortController()
  return {
    signal: controller.signal,
    onProgress: ({ doneBytes, totalBytes = 0 }) => {
      if (doneBytes >= part * totalBytes) controller.abort(reason)
    },
  }
}

export const workCases: Case[] = [
  ...Object.entries(ALL_WORK).map(
    ([name, work]): Case => ({
      name: `${name} reports progress from 0 to all of it, and does not mind a listener that throws`,
      async run(t) {
        const disk = await t.openDisk()
        const array = await arrayFor(disk, work)
        const reports: { doneBytes: number; totalBytes: number | undefined }[] = []
        await withExpectedErrors(() =>
          work(disk, array, {
            onProgress(report) {
              reports.push(report)
              throw new Error('of the listener')
            },
          }),
        )
        ok(reports.length >= 2, `${reports.length} reports`)
        equal(reports[0]?.doneBytes, 0)
        const total = reports[0]?.totalBytes
        ok(typeof total === 'number' && total >= SIZE, `${total} bytes in all`)
        deepEqual(reports.at(-1), { doneBytes: total, totalBytes: total })
        ok(
          reports.every(({ doneBytes }, i) => doneBytes >= (reports[i - 1]?.doneBytes ?? 0)),
          'it goes back',
        )
      },
    }),
  ),
  ...Object.entries(ALL_WORK).map(
    ([name, work]): Case => ({
      name: `${name} with a signal that is aborted already does nothing and rejects with its reason`,
      async run(t) {
        const disk = await t.openDisk()
        const array = await arrayFor(disk, work)
        const { bytesRead, bytesWritten } = await disk.stats()
        await rejects(work(disk, array, { signal: AbortSignal.abort(reason) }), 'RangeError', /enough/)
        const after = await disk.stats()
        deepEqual([after.bytesRead, after.bytesWritten], [bytesRead, bytesWritten])
        equal(await disk.has('new'), false)
        await work(disk, array, {})
      },
    }),
  ),
  ...Object.entries(WRITES).map(
    ([name, work]): Case => ({
      name: `${name} that is aborted in the middle leaves disk and memory as they were`,
      async run(t) {
        const disk = await t.openDisk()
        const array = await arrayFor(disk, work)
        const { liveBytes } = await disk.usage()
        for (const part of [0, 0.3, 1]) await rejects(work(disk, array, abortedAt(part)), 'RangeError', /enough/)
        equal(await disk.has('new'), false)
        equal((await disk.usage()).liveBytes, liveBytes)
        equal(await array.item(0), 1)
        await array.load('r', { discard: true })
        ok(sameBytes(await array.toArray(), BYTES), 'the array was changed on disk')
        deepEqual((await disk.check()).problems, [])
      },
    }),
  ),
  ...Object.entries(READS).map(
    ([name, work]): Case => ({
      name: `${name} that is aborted in the middle rejects, and the next call works`,
      async run(t) {
        const disk = await t.openDisk()
        const array = await arrayFor(disk, work)
        await rejects(work(disk, array, abortedAt(0)), 'RangeError', /enough/)
        ok(array.offloaded)
        ok(sameBytes(await array.toArray(), BYTES), 'other bytes are read')
        equal((await disk.usage()).residentBytes, 0)
        await work(disk, array, {})
      },
    }),
  ),
  ...Object.entries(CHANGES).map(
    ([name, work]): Case => ({
      name: `${name} that is aborted in the middle rejects and has changed nothing, or was too late`,
      async run(t) {
        const disk = await t.openDisk()
        const array = await arrayFor(disk, work)
        const outcome = await work(disk, array, abortedAt(0)).then(
          () => 'done',
          (error: Error) => error.message,
        )
        ok(outcome === 'done' || outcome === 'enough', outcome)
        const [value, isThere] = [await array.item(3), await disk.has('new')]
        const isDone = outcome === 'done'
        deepEqual([value, isThere], [isDone && name === 'set' ? 9 : BYTES[3], isDone && name === 'full'])
        deepEqual((await disk.check()).problems, [])
      },
    }),
  ),
  {
    name: 'aborting in the last report still leaves everything as it was',
    async run(t) {
      const disk = await t.openDisk()
      for (const size of [5, SIZE]) {
        const controller = new AbortController()
        const options: WorkOptions = {
          signal: controller.signal,
          onProgress: ({ doneBytes, totalBytes }) => {
            if (doneBytes === totalBytes) controller.abort(new RangeError('late'))
          },
        }
        await rejects(disk.array(noise(size), { ...options, cachePath: 'a' }), 'RangeError', /late/)
        equal(await disk.has('a'), false)
      }
      equal((await disk.usage()).liveBytes, 0)
    },
  },
  {
    name: 'a signal that is aborted after the end changes nothing',
    async run(t) {
      const disk = await t.openDisk()
      const controller = new AbortController()
      const { signal } = controller
      const array = await disk.array(counted(3), { cachePath: 'a', signal })
      await array.set([0], 5, { signal })
      await array.offload({ signal })
      controller.abort()
      equal(await array.item(0), 5)
    },
  },
  {
    name: 'a call that waits for its turn is aborted at once, and the others go on',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(noise(SIZE), { cachePath: 'a' })
      ;(await array.data())[0] = 1
      const controller = new AbortController()
      const order: string[] = []
      const offload = array.offload().then(() => order.push('offload'))
      const aborted = rejects(array.get([0], { signal: controller.signal }), 'RangeError', /enough/).then(() =>
        order.push('aborted'),
      )
      const got = array.get([0]).then(() => order.push('got'))
      controller.abort(new RangeError('enough'))
      await Promise.all([offload, aborted, got])
      deepEqual(order, ['aborted', 'offload', 'got'])
    },
  },
  {
    name: 'a large operation does not hold up small ones',
    async run(t) {
      const disk = await t.openDisk()
      const small = await disk.array(counted(3), { automaticOffloading: true })
      let isDone = false
      const large = disk.full([96 * MIB], 1, 'uint8').then(() => {
        isDone = true
      })
      await small.item(1)
      ok(!isDone, 'it waited')
      await large
    },
  },
]
