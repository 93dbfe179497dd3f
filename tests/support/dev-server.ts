// Started once before the browser tests: Vite's dev server over the project's folder, at a free port told in TEST_PORT.
import { readFile } from 'node:fs/promises'
import { createServer, type Plugin } from 'vite'
import { bundleModules } from './bundled-modules.js'
import { BLANK_PAGE, ISOLATED_PAGE } from './session.js'

export default async function startDevServer(): Promise<() => Promise<void>> {
  const server = await createServer({
    mode: 'test',
    plugins: [blankPage(), bundled(await bundleModules())],
    server: { host: '127.0.0.1', port: 0 },
  })
  await server.listen()
  const address = server.httpServer?.address()
  if (typeof address !== 'object' || address === null) throw new Error('the dev server has no port')
  process.env['TEST_PORT'] = String(address.port)
  return () => server.close()
}

/** Serves the test page as it is, and once more isolated from other origins, with its worker: Vite's client in it opens a WebSocket, which keeps a page out of the back/forward cache. */
function blankPage(): Plugin {
  return {
    name: 'blank-page',
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost')
        if (pathname !== ISOLATED_PAGE && !request.headers.referer?.endsWith(ISOLATED_PAGE)) return next()
        response.setHeader('cross-origin-opener-policy', 'same-origin')
        response.setHeader('cross-origin-embedder-policy', 'require-corp')
        if (pathname !== ISOLATED_PAGE) return next()
        response.setHeader('content-type', 'text/html')
        response.end(await readFile(new URL('page.html', import.meta.url)))
      })
      server.middlewares.use(BLANK_PAGE, async (_request, response) => {
        response.setHeader('content-type', 'text/html')
        response.end(await readFile(new URL('page.html', import.meta.url)))
      })
    },
  }
}

function bundled(scripts: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'bundled-modules',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const script = scripts.get(new URL(request.url ?? '/', 'http://localhost').pathname)
        if (script === undefined) return next()
        response.setHeader('content-type', 'text/javascript')
        response.end(script)
      })
    },
  }
}
