// The packed tarball installed in a fresh project, and bundled there by the tools that apps use most.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build as bundle } from 'esbuild'
import { build, createServer, type InlineConfig, preview } from 'vite'
import { makeProject, pack } from '../../scripts/packed.mjs'
import { APP, visitTwice } from '../support/bundled-app.js'
import { test } from '../support/fixtures.js'
import { serveFolder } from '../support/static-server.js'

const folder = mkdtempSync(join(tmpdir(), 'lazy-disk-cache-project-'))
const vite: InlineConfig = {
  root: folder,
  configFile: false,
  logLevel: 'error',
  server: { host: '127.0.0.1', port: 0, watch: null },
  preview: { host: '127.0.0.1', port: 0 },
}

test.describe.configure({ mode: 'serial' })

test.beforeAll(() => {
  makeProject(folder, pack(join(folder, 'packed')))
  cpSync(APP, folder, { recursive: true })
})

test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("works in Vite's dev server, without any option", async ({ session }) => {
  const server = await createServer(vite)
  try {
    await server.listen()
    await visitTwice(await session.open(urlOf(server)))
  } finally {
    await server.close()
  }
})

test('works as Vite builds it, without any option', async ({ session }) => {
  await build(vite)
  const server = await preview(vite)
  try {
    await visitTwice(await session.open(urlOf(server)))
  } finally {
    await server.close()
  }
})

test('works as esbuild bundles it, without any option', async ({ session }) => {
  const outdir = join(folder, 'bundled')
  await bundle({
    absWorkingDir: folder,
    entryPoints: [join(folder, 'main.js')],
    bundle: true,
    format: 'esm',
    splitting: true,
    outdir,
    logLevel: 'error',
  })
  cpSync(join(folder, 'index.html'), join(outdir, 'index.html'))
  const server = await serveFolder(outdir)
  try {
    await visitTwice(await session.open(server.origin))
  } finally {
    await server.close()
  }
})

function urlOf({
  httpServer,
}: Pick<Awaited<ReturnType<typeof preview>>, 'httpServer'> | Awaited<ReturnType<typeof createServer>>): string {
  const address = httpServer?.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return `http://localhost:${address.port}`
}
