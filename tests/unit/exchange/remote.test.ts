// Arrays on a server: what a slice costs, and what a server can do wrong.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NDArray } from '../../../src/core/ndarray.js'
import { npyHeaderBytes } from '../../../src/core/npy-header.js'
import { piecesOf } from '../../../src/exchange/view-pieces.js'
import { openRemoteNpy, slice, toNpy } from '../../../src/index.js'

let server: Server
let url = ''
let file = new Uint8Array()
let servedBytes = 0
let requests = 0
let answer: (request: IncomingMessage, response: ServerResponse) => void

/** As a web server that knows ranges. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  requests++
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const end = Math.min(Number(last) + 1, file.length)
  if (Number(first) >= file.length) return void response.writeHead(416).end()
  const part = file.subarray(Number(first), end)
  servedBytes += part.length
  response.writeHead(206, { 'content-range': `bytes ${first}-${end - 1}/${file.length}`, etag: `"${file.length}"` })
  response.end(part)
}

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.npy`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  answer = serve
  servedBytes = requests = 0
})

/** 1000 rows of 5000 numbers, 20 MB. */
const rows = NDArray.from(
  Float32Array.from({ length: 5_000_000 }, (_, i) => i),
  { shape: [1000, 5000] },
)
const npyOf = async (array: NDArray) => new Uint8Array(await new Response(toNpy(array)).arrayBuffer())

describe('an array on a server', () => {
  test('costs its header to open, and of a slice what the slice takes', async () => {
    file = await npyOf(rows)
    const array = await openRemoteNpy(url)
    expect([array.shape, array.dtype, requests]).toEqual([[1000, 5000], 'float32', 1])
    expect(servedBytes).toBeLessThanOrEqual(1024)
    servedBytes = 0
    const row = await array.get([12])
    expect(row.toArray()).toEqual(rows.view([12]).toArray())
    expect(servedBytes).toBe(20_000)
    servedBytes = 0
    expect((await array.view([slice(3, 900, 400), slice(7, 9)]).get()).toNested()).toEqual([
      [15_007, 15_008],
      [2_015_007, 2_015_008],
      [4_015_007, 4_015_008],
    ])
    expect(servedBytes).toBe(3 * 8)
    expect(await array.item(-1, -1)).toBe(4_999_999)
    requests = 0
    expect((await array.get([null, 4])).size).toBe(1000)
    expect(requests).toBe(1000)
  })

  test('reads whole, transposed, reshaped, in blocks and as another dtype as NumPy would', async () => {
    const small = NDArray.from(new Int16Array([...Array(24).keys()]), { shape: [2, 3, 4] })
    for (const array of [small, small.transpose()]) {
      file = await npyOf(array)
      const remote = await openRemoteNpy(new URL(url))
      expect((await remote.get()).toNested()).toEqual(array.toNested())
      expect((await remote.transpose([1, 0, 2]).get([2])).toNested()).toEqual(
        array.transpose([1, 0, 2]).view([2]).toNested(),
      )
      expect((await remote.astype('float64')).toNested()).toEqual(array.toNested())
      expect([...(await remote.toArray())]).toEqual([...array.toArray()])
      const blocks: unknown[] = []
      for await (const { array: block } of remote.blocks({ byteLength: 16 })) blocks.push(block.toNested())
      expect(blocks.flat(9)).toEqual([...array.toArray()])
      const into = new Int16Array(30)
      const [first, last] = await remote.getMany([[0], [-1]], { into })
      expect([first?.toNested(), last?.toNested()]).toEqual([array.view([0]).toNested(), array.view([-1]).toNested()])
      expect(() => remote.view([0]).base).toThrow(/not on disk/)
    }
  })

  test('of the other byte order, with a long header, of no elements or of no axes is read too', async () => {
    const header = npyHeaderBytes('uint32', [2], false)
    const swapped = Buffer.from(header)
    swapped.write('>', swapped.indexOf('<'))
    file = new Uint8Array(Buffer.concat([swapped, Buffer.from([0, 0, 1, 2, 3, 4, 5, 6])]))
    expect((await (await openRemoteNpy(url)).get()).toNested()).toEqual([0x102, 0x3040506])
    const long = Buffer.concat([
      Buffer.from([0x93]),
      Buffer.from('NUMPY\x01\x00'),
      Buffer.from([0xb8, 0x0b]),
      Buffer.from(`{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }`.padEnd(3000)),
      Buffer.from([7, 8]),
    ])
    file = new Uint8Array(long)
    expect((await (await openRemoteNpy(url)).get()).toNested()).toEqual([7, 8])
    for (const array of [NDArray.zeros([0, 3]), NDArray.from(5n)]) {
      file = await npyOf(array)
      expect((await (await openRemoteNpy(url)).get()).toNested()).toEqual(array.toNested())
    }
  })

  test('that changes, is cut short or is no .npy file is an error', async () => {
    file = await npyOf(rows)
    const array = await openRemoteNpy(url)
    file = file.slice(0, -4)
    await expect(array.get([0])).rejects.toMatchObject({
      name: 'InvalidSourceError',
      message: expect.stringMatching(/changed/),
    })
    await expect(openRemoteNpy(url)).rejects.toThrow(/cut short: 20000000 bytes .* 19999996/)
    file = new Uint8Array(Buffer.from('<html></html>'))
    await expect(openRemoteNpy(url)).rejects.toThrow(/no \.npy file/)
    answer = (_, response) => void response.writeHead(200).end(file)
    await expect(openRemoteNpy(url)).rejects.toThrow(/range requests/)
    answer = (_, response) => void response.writeHead(404).end()
    await expect(openRemoteNpy(url)).rejects.toThrow(/404/)
  })

  test('that another origin tells nothing of is read all the same', async () => {
    file = await npyOf(NDArray.from([1, 2, 3]))
    answer = (request, response) => {
      const writeHead = response.writeHead.bind(response)
      response.writeHead = ((status: number) => writeHead(status)) as never
      serve(request, response)
    }
    expect((await (await openRemoteNpy(url)).get([1])).item()).toBe(2)
  })

  test('is read with progress, and an abort ends the requests', async () => {
    file = await npyOf(rows)
    const array = await openRemoteNpy(url)
    const reports: number[] = []
    await array.get([], { onProgress: ({ doneBytes }) => void reports.push(doneBytes) })
    expect([reports[0], reports.at(-1), reports.length]).toEqual([0, 20_000_000, 6])
    const abort = new AbortController()
    answer = () => abort.abort(new RangeError('enough'))
    await expect(array.get([5], { signal: abort.signal })).rejects.toThrow('enough')
    await expect(openRemoteNpy(url, { signal: abort.signal })).rejects.toThrow('enough')
  })
})

test('the pieces of any view cover it once, and each is where it says', () => {
  const axes = fc.array(
    fc.record({ length: fc.integer({ min: 0, max: 9 }), start: fc.nat(9), step: fc.constantFrom(-2, -1, 1, 3) }),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(axes, fc.boolean(), fc.integer({ min: 1, max: 1 << 16 }), (given, isTransposed, scale) => {
      const base = NDArray.zeros(given.map(({ length }) => length))
      const selected = base.view(given.map(({ start, step }) => slice(start, null, step)))
      const { shape, strides, offset } = isTransposed ? selected.transpose() : selected
      // As far apart as in a large array.
      const view = { shape, strides: strides.map((stride) => stride * scale), offset: offset * scale }
      const seen: string[] = []
      for (const { start, count, low, extent } of piecesOf(view, 8)) {
        const walk = (axis: number, index: number[]): void => {
          if (axis < shape.length) {
            for (let i = 0; i < (count[axis] ?? 0); i++) walk(axis + 1, [...index, (start[axis] ?? 0) + i])
            return
          }
          const at = index.reduce((sum, i, a) => sum + i * (view.strides[a] ?? 0), view.offset)
          expect(at >= low && at < low + extent).toBe(true)
          seen.push(index.join())
        }
        walk(0, [])
        expect(extent * 8).toBeLessThanOrEqual(4 << 20)
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.length).toBe(selected.size)
    }),
  )
})
