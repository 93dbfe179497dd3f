// Arrays saved as files that the person picks, and as downloads.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.js'
import { python, withoutNumPy } from '../support/numpy.js'

test('what is saved to a picked file and as a download is what numpy.save writes', async ({ session }) => {
  test.skip(withoutNumPy !== undefined, withoutNumPy)
  const folder = mkdtempSync(join(tmpdir(), 'saving-'))
  try {
    const page = await session.open('/demo/index.html')
    const client = await page.playwright.context().newCDPSession(page.playwright)
    await client.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder, eventsEnabled: true })
    const ended = new Promise<string>((resolve) => {
      client.on('Browser.downloadProgress', ({ state }) => state !== 'inProgress' && resolve(state))
    })
    const picked = await page.evaluate(async () => {
      const { open } = await import('/tests/support/kept.ts')
      const { saveNpy } = (await import('/demo/npy-export.ts' as string)) as typeof import('../../demo/npy-export.js')
      const disk = await open()
      const numbers = Float32Array.from({ length: 3_000_000 }, (_, i) => i / 2)
      const array = await disk.array(numbers, { shape: [1000, 3000], cachePath: 'files/waves' })
      const root = await navigator.storage.getDirectory()
      const handle = await root.getFileHandle('picked.npy', { create: true })
      const window = globalThis as { showSaveFilePicker?: unknown }
      window.showSaveFilePicker = async () => handle // no browser without a window shows its own
      await saveNpy('files/waves', array)
      window.showSaveFilePicker = undefined
      await saveNpy('files/waves', array)
      const digest = await crypto.subtle.digest('SHA-256', await (await handle.getFile()).arrayBuffer())
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    })
    expect([await ended, readdirSync(folder)]).toEqual(['completed', ['waves.npy']])
    const saved = python(
      `
import hashlib, json, io, numpy as np
file = io.BytesIO()
np.save(file, (np.arange(3_000_000) / 2).astype('<f4').reshape(1000, 3000))
print(json.dumps([hashlib.sha256(b).hexdigest() for b in (file.getvalue(), open('waves.npy', 'rb').read())]))
`,
      folder,
    )
    expect(saved).toEqual([picked, picked])
    expect(readFileSync(join(folder, 'waves.npy')).byteLength).toBe(128 + 12_000_000)
    await client.detach()
  } finally {
    await rm(folder, { recursive: true })
  }
})
