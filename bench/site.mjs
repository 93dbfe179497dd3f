// The bench page as a user's production build would be: built by Vite, served from a port of its own.
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, preview } from 'vite'

const PAGE = fileURLToPath(new URL('./page', import.meta.url))
const PAGES = ['index.html', 'operators.html', 'scale.html'].map((name) => join(PAGE, name))

/**
 * @template T
 * @param {(url: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withSite(use) {
  const outDir = await mkdtemp(join(tmpdir(), 'lazy-disk-cache-site-'))
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }))
  /** @type {import('vite').InlineConfig} */
  const config = {
    configFile: false,
    root: PAGE,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, target: 'esnext', rolldownOptions: { input: PAGES } },
    worker: { format: 'es' },
    preview: { port: 0 },
  }
  await build(config)
  const server = await preview(config)
  try {
    const url = server.resolvedUrls?.local[0]
    if (url === undefined) throw new Error('the preview server has no address')
    return await use(url)
  } finally {
    await server.close()
  }
}
