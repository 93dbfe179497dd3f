// Disks that earlier versions wrote.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { CATALOG_FORMAT, formatOf } from '../../../src/engine/frame.js'
import { MemoryStateStore } from '../../../src/engine/memory-directory.js'
import { bytesAt, openService, putBytes } from '../../support/engine-harness.js'
import { FaultyDirectory } from '../../support/faulty-directory.js'

type Files = Record<string, { readonly size: number; readonly gzip: string }>

/** Disks of format 1 with the same arrays, one as it was closed, the other as it was left by a crash. */
const FORMAT_1: { readonly closed: Files; readonly unclean: Files } = JSON.parse(
  readFileSync(new URL('../../support/disks/format-1.json', import.meta.url), 'utf8'),
)

/** What the arrays were filled with. */
function pattern(byteLength: number, seed: number): Uint8Array {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return Uint8Array.from({ length: byteLength }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state >>> 24
  })
}

function directoryOf(files: Files): FaultyDirectory {
  const directory = new FaultyDirectory()
  for (const [file, { size, gzip }] of Object.entries(files)) {
    directory.replay({ kind: 'write', file, at: 0, bytes: gunzipSync(Buffer.from(gzip, 'base64')) })
    directory.replay({ kind: 'truncate', file, size })
  }
  return directory
}

const formats = (directory: FaultyDirectory): (number | undefined)[] =>
  directory.files().flatMap(([name, bytes]) => (name.startsWith('catalog') ? [formatOf(bytes)] : []))

test.each(['closed', 'unclean'] as const)(
  'a disk of format 1 that was %s opens with everything that is on it',
  async (end) => {
    const directory = directoryOf(FORMAT_1[end])
    expect(formats(directory)).toEqual([1, 1])
    const states = new MemoryStateStore()
    await states.set('3', { a: 1 })
    for (let life = 0; life < 2; life++) {
      // The page that 'purged' is noted to be held by lives, and is another one.
      const service = await openService(directory, { client: 'other', live: ['other', 'page'], states })
      const list = await service.call('list', { prefix: '' })
      expect(list.map(({ path }) => path)).toEqual(['blocks', 'last', 'purged', 'small', 'zeros', 'ключ/%2F'])
      expect(list[5]?.attributes).toEqual({ crs: 'EPSG:4326', nested: [1, null] })
      const blocks = new Uint8Array((1 << 20) + 100).fill(3)
      blocks.set(pattern(10, 6))
      expect(Buffer.compare(await bytesAt(service, 'blocks'), blocks)).toBe(0)
      expect(await bytesAt(service, 'small')).toEqual(pattern(1000, 1))
      expect(await bytesAt(service, 'purged')).toEqual(pattern(20, 4))
      expect(await bytesAt(service, 'last')).toEqual(pattern(40, 7))
      expect((await bytesAt(service, 'zeros')).every((byte) => byte === 0)).toBe(true)
      expect(await service.call('loadState', { incarnation: 3 })).toEqual({ a: 1 })
      expect((await service.call('check', { fix: false })).problems).toEqual([])
      await service.call('close', {})
      expect(formats(directory)).toEqual([CATALOG_FORMAT, CATALOG_FORMAT])
    }
  },
)

test('no frame that an earlier version cannot read follows frames that it can', async () => {
  const directory = directoryOf(FORMAT_1.closed)
  const service = await openService(directory, { client: 'page' })
  expect(formats(directory)).toEqual([CATALOG_FORMAT, CATALOG_FORMAT])
  await putBytes(service, 'tagged', pattern(10, 1), { tags: ['a'], expire: 1000 })
  const again = await openService(directory, { client: 'page' })
  expect(await again.call('evict', { tag: 'a' })).toBe(1)
})

test('a disk of format 1 opens where nothing more can be stored', async () => {
  const directory = directoryOf(FORMAT_1.closed)
  const sizes = new Map(directory.files().map(([name, bytes]) => [name, bytes.byteLength]))
  directory.fault = (operation) => {
    const end = operation.kind === 'write' ? operation.at + operation.bytes.byteLength : 0
    return Math.max(end, operation.kind === 'truncate' ? operation.size : 0) > (sizes.get(operation.file) ?? 0)
      ? 'throw'
      : undefined
  }
  const service = await openService(directory, { client: 'page' })
  expect(await bytesAt(service, 'small')).toEqual(pattern(1000, 1))
})
