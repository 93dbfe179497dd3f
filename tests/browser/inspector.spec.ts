// The inspector as a page mounts it: what it shows of a disk that changes under it, and that it lets go.
import { expect, test } from '../support/fixtures.js'
import type { TestPage } from '../support/test-page.js'

/** Mounts an inspector on a new disk; both stay reachable for later steps. */
async function mount(page: TestPage): Promise<void> {
  await page.evaluate(async () => {
    const { openDisk } = await import('/src/index.ts')
    // Assigned before the element is known, as frameworks do.
    const inspector = document.createElement('lazy-disk-cache-inspector')
    const disk = await openDisk({ name: 'inspected', memoryBudget: 64 << 20 })
    inspector.disk = disk
    document.body.append(inspector)
    await import('/src/inspector.ts')
    Object.assign(globalThis, { disk, inspector })
  })
}

/** Waits until what the inspector shows at `selector` matches. */
async function sees(page: TestPage, selector: string, text: RegExp): Promise<void> {
  const read = () =>
    page.evaluate((selector) => {
      const { inspector } = globalThis as unknown as { inspector: Element }
      const found = [...(inspector.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])]
      return found.map((one) => one.innerText).join('\n')
    }, selector)
  await expect.poll(read, { timeout: 20_000 }).toMatch(text)
}

test('the inspector follows arrays, their states, usage and events, and what is typed to filter', async ({
  session,
}) => {
  const page = await session.open()
  await mount(page)
  await sees(page, 'h2', /inspected/)
  await sees(page, 'h3', /Arrays \(0\)/)
  await page.evaluate(async () => {
    const { disk } = globalThis as unknown as { disk: import('/src/index.ts').Disk }
    const array = await disk.array(new Float32Array(1 << 20), { cachePath: 'maps/a', shape: [1024, 1024] })
    await disk.zeros([3], 'int8', { cachePath: 'other' })
    await array.data()
    Object.assign(globalThis, { array })
  })
  await sees(
    page,
    'tbody',
    /maps\/a[\s\S]*\[1024, 1024\][\s\S]*float32[\s\S]*4.00\sMiB[\s\S]*in memory[\s\S]*other[\s\S]*on disk/,
  )
  await sees(page, '.gauge', /Memory\s*4.00\sMiB\s*of 64.0\sMiB budget/)
  await page.evaluate(() => {
    const { array } = globalThis as unknown as { array: import('/src/index.ts').DiskBackedNDArray }
    return array.offload()
  })
  await sees(page, 'ol', /offload\s*maps\/a · 4.00\sMiB · \d/)
  await sees(page, '.gauge', /Memory\s*0\sB/)
  await page.evaluate(() => {
    const { inspector } = globalThis as unknown as { inspector: Element }
    const filter = inspector.shadowRoot?.querySelector('input')
    if (!filter) throw new Error('there is no filter')
    filter.value = 'oth'
    filter.dispatchEvent(new Event('input'))
  })
  await sees(page, 'h3', /Arrays \(1\)/)
  await sees(page, 'tbody', /^other/)
})

test('the inspector says that its disk is closed, and hears nothing once it is out of the document', async ({
  session,
}) => {
  const page = await session.open()
  await mount(page)
  await sees(page, 'h3', /Arrays \(0\)/)
  const heard = await page.evaluate(async () => {
    const { disk, inspector } = globalThis as unknown as { disk: import('/src/index.ts').Disk; inspector: HTMLElement }
    const rows = () => inspector.shadowRoot?.querySelectorAll('li').length
    inspector.remove()
    const array = await disk.array(new Int8Array(3), { cachePath: 'a' })
    await array.offload()
    const away = rows()
    document.body.append(inspector)
    await array.load()
    await array.offload()
    return [away, rows()]
  })
  expect(heard).toEqual([0, 2])
  await page.evaluate(async () => {
    const { disk, inspector } = globalThis as unknown as { disk: import('/src/index.ts').Disk; inspector: Element }
    await disk.close()
    inspector.shadowRoot?.querySelector('button')?.click()
  })
  await sees(page, '.message', /closed/)
})

test('the inspector fits a phone: nothing is wider than the element', async ({ session }) => {
  const page = await session.open()
  await mount(page)
  await page.evaluate(async () => {
    const { disk, inspector } = globalThis as unknown as { disk: import('/src/index.ts').Disk; inspector: HTMLElement }
    inspector.style.inlineSize = '320px'
    await disk.zeros([1_000_000, 1_000], 'complex128', { cachePath: `a/${'very-long-name-'.repeat(8)}` })
  })
  await sees(page, 'tbody', /very-long-name/)
  const overflow = await page.evaluate(() => {
    const { inspector } = globalThis as unknown as { inspector: HTMLElement }
    return inspector.scrollWidth - inspector.clientWidth
  })
  expect(overflow).toBeLessThanOrEqual(0)
})
