// A plain web server for the built library, for what a dev server cannot show: a site where the worker fails, and how.
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { extname } from 'node:path'

/** `<variant>/page.html` is an empty page beside which all of dist/ is served. */
export type SiteVariant =
  | 'works'
  | 'worker-missing'
  | 'worker-silent'
  | 'worker-throws'
  | 'worker-blocked'
  /** The worker's parts are served to who has asked for `parts-arrive`. */
  | 'parts-missing'
  /** As 'parts-missing', and to others parts of another build are. */
  | 'parts-of-another-build'

export interface Site {
  readonly port: number
  close(): Promise<void>
}

const WORKER_SCRIPTS: Partial<Record<string, string>> = {
  'worker-silent': '// never answers',
  'worker-throws': 'throw new Error("thrown by the worker script")',
}

const TYPES: Partial<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.map': 'application/json',
}

export async function startSite(): Promise<Site> {
  const server = createServer((request, response) => {
    const [, variant = '', ...path] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/')
    const hasParts = request.headers.cookie?.includes('parts=there') === true
    answer(hasParts ? 'works' : variant, path.join('/'), response).catch((error: unknown) => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`${error}\n(npm run build writes dist/)`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(variant: string, path: string, response: ServerResponse): Promise<void> {
  if (path === 'parts-arrive') {
    response.writeHead(204, { 'set-cookie': 'parts=there' }).end() // for this folder
    return
  }
  if (isMissing(variant, path)) throw new Error('missing on purpose')
  response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream')
  if (variant === 'worker-blocked') response.setHeader('content-security-policy', "worker-src 'none'")
  response.end(await content(variant, path))
}

async function content(variant: string, path: string): Promise<string | Uint8Array> {
  if (path === 'page.html') return readFile(new URL('page.html', import.meta.url))
  if (path.includes('..')) throw new Error('no such file')
  if (path === 'storage-worker.js' && WORKER_SCRIPTS[variant] !== undefined) return WORKER_SCRIPTS[variant]
  const file = await readFile(new URL(`../../dist/${path}`, import.meta.url))
  if (variant !== 'parts-of-another-build' || !isPart(path)) return file
  return file.toString().replaceAll(/lazy-disk-cache:\w+/g, 'lazy-disk-cache:another')
}

function isMissing(variant: string, path: string): boolean {
  if (variant === 'worker-missing') return path === 'storage-worker.js'
  return variant === 'parts-missing' && isPart(path)
}

const isPart = (path: string): boolean => /^worker-.*\.js$/.test(path)
