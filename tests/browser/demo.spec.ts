// The demo's story as a person goes through it, with a coarse geoid: the same code as for the large one.
import { expect, test } from '../support/fixtures.js'
import type { TestPage } from '../support/test-page.js'

test.describe.configure({ timeout: 180_000 })

const DEMO = '/demo/index.html?arcminutes=10'

/** Waits until the page's element is there, shown, and its text matches. */
async function sees(page: TestPage, selector: string, text: RegExp): Promise<string> {
  const read = () =>
    page.evaluate((selector: string) => {
      const element = document.querySelector<HTMLElement>(selector)
      return element?.checkVisibility() ? element.innerText : ''
    }, selector)
  await expect.poll(read, { timeout: 60_000 }).toMatch(text)
  return read()
}

async function click(page: TestPage, selector: string): Promise<void> {
  await page.evaluate((selector: string) => {
    const element = document.querySelector<HTMLElement>(selector)
    if (!element?.checkVisibility()) throw new Error(`nothing to click at ${selector}`)
    element.click()
  }, selector)
}

async function press(page: TestPage, key: string): Promise<void> {
  await page.evaluate((key: string) => {
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  }, key)
}

async function choose(page: TestPage, selector: string, value: string): Promise<void> {
  await page.evaluate(
    (selector: string, value: string) => {
      const list = document.querySelector<HTMLSelectElement>(selector)
      if (!list?.checkVisibility()) throw new Error(`nothing to choose from at ${selector}`)
      list.value = value
      list.dispatchEvent(new Event('change'))
    },
    selector,
    value,
  )
}

function longitudeOfA(page: TestPage): Promise<number | undefined> {
  return page.evaluate(() => document.querySelector<HTMLInputElement>('[data-is="a-x"]')?.valueAsNumber)
}

function middleColour(page: TestPage): Promise<string | undefined> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#map canvas')
    const [x, y] = [(canvas?.width ?? 0) / 2 + 9, (canvas?.height ?? 0) / 2 - 7]
    return canvas?.getContext('2d')?.getImageData(x, y, 1, 1).data.join(' ')
  })
}

/** Colours of some pixels of the map, when every tile it wants is drawn. */
async function mapColours(page: TestPage): Promise<string[]> {
  await expect
    .poll(() => page.evaluate(() => document.querySelector<HTMLElement>('#map:not([hidden])')?.dataset['settled']), {
      timeout: 60_000,
    })
    .toBe('true')
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#map canvas')
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return []
    return Array.from({ length: 12 }, (_, index) => {
      const [x, y] = [((index + 0.37) / 12) * canvas.width, (((index * 5.3) % 12) / 12) * canvas.height]
      return context.getImageData(x, y, 1, 1).data.join(' ')
    })
  })
}

async function makeGeoid(page: TestPage): Promise<string[]> {
  await sees(page, '#first-run', /Nothing on disk yet/)
  await click(page, '#first-run [data-is=make]')
  await sees(page, '#arrays', /geoid\/10-arcmin/)
  return mapColours(page)
}

test('the geoid is made, drawn, found again after a reload, and deleted', async ({ session }) => {
  const page = await session.open(DEMO)
  const drawn = await makeGeoid(page)
  expect(new Set(drawn).size).toBeGreaterThan(6)
  await sees(page, '#arrays', /1,081 × 2,161 · float32 · 9.34\sMB/)
  await sees(page, '#meter', /9.34\sMB/)
  await sees(page, '#profile', /10,392 km · −104\.\d\d to 63\.\d\d m/)

  await page.reload()
  expect(await mapColours(page)).toEqual(drawn)

  await click(page, '.array [data-is=delete]')
  await click(page, '.array [data-is=really]')
  await sees(page, '#first-run', /Nothing on disk yet/)
  await page.reload()
  await sees(page, '#first-run', /Nothing on disk yet/)
})

test('the keyboard moves the map, reads its middle and puts an end of the profile there', async ({ session }) => {
  const page = await session.open(DEMO)
  await makeGeoid(page)
  await page.evaluate(() => document.querySelector<HTMLElement>('#map')?.focus())
  await press(page, '+')
  const before = await sees(page, '#readout', /0°00′.*\s+−?\d+\.\d\d\sm$/)
  await press(page, 'ArrowUp')
  await expect.poll(() => sees(page, '#readout', /m$/)).not.toBe(before)
  expect(await longitudeOfA(page)).toBe(78)
  await press(page, 'a')
  await expect.poll(() => longitudeOfA(page)).toBeLessThan(30)
  await sees(page, '#profile', /640 points/)
})

test('a map is computed on disk, shown in place of the array, and counted', async ({ session }) => {
  const page = await session.open(DEMO)
  const drawn = await makeGeoid(page)
  await sees(page, '#histogram', /mean −?\d+\.\d\d\sm · std \d+\.\d\d\sm/)
  await choose(page, '#compute [data-is=what]', 'slope')
  await click(page, '#compute [type=submit]')
  await sees(page, '#arrays', /geoid\/10-arcmin-slope\s+1,080 × 2,160 · float32/)
  await sees(page, '#map-title', /Slope: EGM96 geoid/)
  expect(await mapColours(page)).not.toEqual(drawn)
  await click(page, '#histogram [data-is=count-all]')
  await sees(page, '#histogram', /all 9.33\sMB, counted on disk in/)
  await choose(page, '#layer', 'geoid/10-arcmin')
  await sees(page, '#map-title', /^EGM96 geoid/)
  expect(await mapColours(page)).toEqual(drawn)
  const slopes = await page.evaluate(async () => {
    const { openDisk } = (await import('/src/index.ts' as string)) as typeof import('../../src/index.js')
    const disk = await openDisk({ name: 'demo' })
    const [heights, slopes] = [await disk.openArray('geoid/10-arcmin'), await disk.openArray('geoid/10-arcmin-slope')]
    const corners = (
      await heights.get([
        { start: 540, stop: 542, step: 1 },
        { start: 300, stop: 302, step: 1 },
      ])
    ).toArray()
    return { corners: Array.from(corners, Number), slope: Number(await slopes.item(540, 300)) }
  })
  const [nw = 0, ne = 0, sw = 0, se = 0] = slopes.corners
  // 10 arc-minutes at the equator are 18.53 km.
  const [east, south] = [(ne + se - nw - sw) / 2 / 18.5325, (sw + se - nw - ne) / 2 / 18.5325]
  expect(slopes.slope).toBeCloseTo(Math.hypot(east, south), 4)
})

test('what one page draws, computes and deletes is seen in another, which owns the disk when the first is gone', async ({
  session,
}) => {
  const first = await session.open(DEMO)
  const drawn = await makeGeoid(first)
  await sees(first, '#role', /owner/)
  const second = await session.open(DEMO)
  expect(await mapColours(second)).toEqual(drawn)
  await sees(second, '#role', /guest/)
  const before = await middleColour(second)
  await first.evaluate(() => document.querySelector<HTMLElement>('#map')?.focus())
  await press(first, 'r')
  await expect.poll(() => middleColour(second), { timeout: 60_000 }).not.toBe(before)
  await choose(first, '#compute [data-is=what]', 'hillshade')
  await click(first, '#compute [type=submit]')
  await sees(second, '#arrays', /geoid\/10-arcmin-hillshade\s+1,080 × 2,160 · uint8/)
  await first.close()
  await sees(second, '#role', /owner/)
  await click(second, '.array [data-is=delete]')
  await click(second, '.array [data-is=really]')
  await expect.poll(() => second.evaluate(() => document.querySelectorAll('#arrays > *').length)).toBe(1)
})

test('disk and memory are measured at the same work, and the table says which is better', async ({ session }) => {
  const page = await session.open(DEMO)
  await makeGeoid(page)
  await click(page, '#compare [data-is=run]')
  await sees(page, '#compare [data-is=verdict]', /All 9\.34\sMB would have to be read again/)
  const rows = await page.evaluate(() =>
    Array.from(document.querySelectorAll('#compare tbody tr'), (row) => (row as HTMLElement).innerText),
  )
  expect(rows).toHaveLength(6)
  for (const row of rows) expect(row).toMatch(/\d+(\.\d+)?\s(ms|s|MB)\s+\d+(\.\d+)?\s(ms|s|MB)\s+(memory|disk|about)/)
  await sees(page, '#arrays', /^geoid\/10-arcmin\s[^/]*$/)
})

test('loading and offloading is seen in the list and in the meter', async ({ session }) => {
  const page = await session.open(DEMO)
  await makeGeoid(page)
  await sees(page, '#meter [data-is=memory]', /^0\sB$/)
  await click(page, '.array [data-is=load]')
  await sees(page, '.array-state', /in memory/)
  await sees(page, '#meter [data-is=memory]', /^9.34\sMB$/)
  await click(page, '.array [data-is=offload]')
  await sees(page, '.array-state', /on disk/)
  await sees(page, '#meter [data-is=memory]', /^0\sB$/)
})

test('the slider sets what memory may be taken, and the meter shows that it is kept', async ({ session }) => {
  const page = await session.open(DEMO)
  await makeGeoid(page)
  await click(page, '.array [data-is=load]')
  await sees(page, '#meter [data-is=memory]', /^9.34\sMB$/)
  const slide = (megabytes: string) =>
    page.evaluate((value) => {
      const slider = document.querySelector('#meter [data-is=memory-budget]')
      if (!(slider instanceof HTMLInputElement)) throw new Error('there is no slider')
      slider.value = value
      slider.dispatchEvent(new Event('input'))
    }, megabytes)
  await slide('2')
  await sees(page, '#meter [data-is=memory]', /^0\sB$/)
  await sees(page, '#meter [data-is=memory-note]', /of 2.00\sMB/)
  await sees(page, '.array-state', /on disk/)
  await slide('64')
  await click(page, '.array [data-is=load]')
  await sees(page, '#meter [data-is=memory]', /^9.34\sMB$/)
})

test('making the geoid can be cancelled and leaves nothing', async ({ session }) => {
  const page = await session.open('/demo/index.html?arcminutes=1')
  await sees(page, '#first-run', /933\sMB/)
  await click(page, '#first-run [data-is=make]')
  await sees(page, '#tasks', /of 933\sMB/)
  await click(page, '#tasks [data-is=cancel]')
  await expect.poll(() => page.evaluate(() => document.querySelectorAll('#tasks > *').length)).toBe(0)
  expect(await page.evaluate(() => document.querySelectorAll('#arrays > *').length)).toBe(0)
  await sees(page, '#first-run', /Nothing on disk yet/)
  await sees(page, '#announcer', /cancelled/)
})

test('a dropped .npy becomes an array that can be viewed; one that cannot be read is explained', async ({
  session,
}) => {
  const page = await session.open(DEMO)
  await sees(page, '#first-run', /Nothing on disk yet/)
  await dropNpy(page, 'waves.npy', '<f8', '(40, 60)', 40 * 60 * 8)
  await sees(page, '#arrays', /files\/waves\s+40 × 60 · float64 · 19.2\skB\s+on disk/)
  await sees(page, '#map-title', /waves\.npy/)
  expect(new Set(await mapColours(page)).size).toBeGreaterThan(6)
  await dropNpy(page, 'other.npy', '<U2', '(2,)', 16)
  await sees(page, '#notices', /Adding other\.npy: this failed\. An array of dtype '<U2' cannot be read/)
})

test('an array is saved as the .npy file it came from', async ({ session }) => {
  const page = await session.open(DEMO)
  await sees(page, '#first-run', /Nothing on disk yet/)
  await dropNpy(page, 'waves.npy', '<f8', '(40, 60)', 40 * 60 * 8)
  await sees(page, '#arrays', /files\/waves/)
  // Where there is a dialog, a file that can be read here is chosen in it; elsewhere the download is kept.
  await page.evaluate(() => {
    const kept = globalThis as { saved?: () => Promise<Blob> }
    const files = navigator.storage.getDirectory().then((root) => root.getFileHandle('saved.npy', { create: true }))
    if ('showSaveFilePicker' in globalThis) {
      Object.assign(globalThis, { showSaveFilePicker: () => files })
      kept.saved = async () => (await files).getFile()
    } else {
      const download = new Promise<Blob>((resolve) => {
        const createObjectURL = URL.createObjectURL.bind(URL)
        URL.createObjectURL = (blob) => {
          resolve(blob as Blob)
          return createObjectURL(blob)
        }
      })
      kept.saved = () => download
    }
  })
  await click(page, '.array [data-is=save]')
  await sees(page, '#announcer', /Saving waves\.npy: done/)
  const bytes = await page.evaluate(async () => {
    const { saved } = globalThis as { saved?: () => Promise<Blob> }
    const file = await saved?.()
    const values = new Float64Array((await file?.slice(128).arrayBuffer()) ?? new ArrayBuffer(0))
    return {
      head: await file?.slice(1, 6).text(),
      size: file?.size,
      isSame: values.every((value, index) => value === Math.sin(index / 50)),
    }
  })
  expect(bytes).toEqual({ head: 'NUMPY', size: 128 + 40 * 60 * 8, isSame: true })
})

test('a GeoTIFF in degrees lies on the globe, without its empty pixels', async ({ session }) => {
  const page = await session.open(DEMO)
  await sees(page, '#first-run', /Nothing on disk yet/)
  await page.evaluate(async () => {
    const { writeArrayBuffer } = (await import('/tests/support/geotiff.ts' as string)) as typeof import('geotiff')
    const heights = Float32Array.from({ length: 200 * 100 }, (_, index) => (index % 200 === 0 ? -9999 : index % 200))
    const tiff = writeArrayBuffer(heights, {
      ...{ width: 200, height: 100, BitsPerSample: [32], SampleFormat: [3], GDAL_NODATA: '-9999' },
      ...{ GTModelTypeGeoKey: 2, GeographicTypeGeoKey: 4326, ModelTiepoint: [0, 0, 0, 10, 50, 0] },
      ModelPixelScale: [0.1, 0.1, 0],
    })
    const transfer = new DataTransfer()
    transfer.items.add(new File([tiff], 'dem.tif'))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  })
  await sees(page, '#arrays', /files\/dem\s+100 × 200 · float32/)
  await sees(page, '#map-title', /dem\.tif/)
  await sees(page, '#profile', /Latitude/)
  await page.evaluate(() => document.querySelector<HTMLElement>('#map')?.focus())
  // The middle, between 10 and 30 degrees east, 50 and 40 north.
  await press(page, '+')
  await sees(page, '#readout', /(45°00′|44°57′)\sN, (20°00′|19°57′|20°03′)\sE\s+(99|100|101)/)
  await sees(page, '#legend', /^(?!.*−).*150/s)
})

test('where the browser cannot keep arrays, the page says so and works in memory', async ({ session }) => {
  const page = await session.open(`http://insecure.test:${new URL(session.origin).port}${DEMO}`)
  await sees(page, '#notices', /This browser cannot keep arrays on disk here\. Missing: /)
  await sees(page, '#first-run', /Nothing in memory yet/)
  await click(page, '#first-run [data-is=make]')
  await sees(page, '#arrays', /geoid\/10-arcmin\s.*\s+offloaded/)
  expect(new Set(await mapColours(page)).size).toBeGreaterThan(6)
})

async function dropNpy(page: TestPage, name: string, descr: string, shape: string, bytes: number): Promise<void> {
  await page.evaluate(
    (name: string, descr: string, shape: string, bytes: number) => {
      const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`
      const values = Float64Array.from({ length: bytes / 8 }, (_, index) => Math.sin(index / 50))
      const parts = [new Uint8Array([0x93]), 'NUMPY', new Uint8Array([1, 0, header.length, 0]), header, values]
      const transfer = new DataTransfer()
      transfer.items.add(new File(parts, name))
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
    },
    name,
    descr,
    shape,
    bytes,
  )
}
