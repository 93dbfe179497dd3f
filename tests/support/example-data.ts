// What the examples load from the network.
import type { Page, Route } from '@playwright/test'
import { writeArrayBuffer } from 'geotiff'
import * as zarr from 'zarrita'
import { NDArray, toNpy, toNpz } from '../../src/index.js'

/** Answers the addresses of the examples in their place. */
export async function serveExampleData(page: Page): Promise<void> {
  const array = NDArray.from(Float32Array.from({ length: 512 * 300 }, (_, i) => i)).reshape([512, 300])
  const npy = await bytesOf(toNpy(array))
  const npz = await bytesOf(toNpz([['a', array]]))
  const climate = await climateFiles()
  const heights = Float32Array.from({ length: 30 * 20 }, (_, i) => i)
  const tiff = writeArrayBuffer(heights, { width: 30, height: 20, BitsPerSample: [32], SampleFormat: [3] })
  await page.route('https://example.org/large.npy', (route) => answer(route, npy))
  await page.route('**/data/run-7.npz', (route) => answer(route, npz))
  await page.route('https://example.org/dem.tif', (route) => answer(route, new Uint8Array(tiff)))
  await page.route('https://example.org/climate.zarr/**', (route) => {
    const { pathname } = new URL(route.request().url())
    return answer(route, climate.get(pathname.slice('/climate.zarr'.length)))
  })
}

async function answer(route: Route, body: Uint8Array | undefined): Promise<void> {
  const headers = {
    'access-control-allow-origin': '*',
    'access-control-allow-headers': '*',
    'accept-ranges': 'bytes',
    'access-control-expose-headers': '*',
  }
  if (body === undefined) return route.fulfill({ status: 404, headers })
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(route.request().headers()['range'] ?? '') ?? []
  if (first === undefined) return route.fulfill({ status: 200, headers, body: Buffer.from(body) })
  const end = Math.min(body.length, last === '' ? body.length : Number(last) + 1)
  const range = { 'content-range': `bytes ${first}-${end - 1}/${body.length}` }
  return route.fulfill({
    status: 206,
    headers: { ...headers, ...range },
    body: Buffer.from(body.slice(Number(first), end)),
  })
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer())
}

async function climateFiles(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  await zarr.create(zarr.root(files))
  const array = await zarr.create(zarr.root(files).resolve('t2m'), {
    shape: [48, 8, 16],
    chunkShape: [24, 8, 16],
    dtype: 'float32',
  })
  const data = Float32Array.from({ length: 48 * 8 * 16 }, (_, i) => i)
  await zarr.set(array, null, { data, shape: [48, 8, 16], stride: [128, 16, 1] })
  return files
}
