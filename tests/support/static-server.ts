// A plain web server for a folder.
import { readFile } from 'node:fs/promises'
import { createServer, type OutgoingHttpHeaders } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'

export interface StaticServer {
  readonly origin: string
  close(): Promise<void>
}

const TYPES: Partial<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
}

/** A path of a folder is its index.html. `headers` come with every answer. */
export async function serveFolder(folder: string, headers: OutgoingHttpHeaders = {}): Promise<StaticServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = normalize(join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname))
    const content = file.startsWith(join(folder, sep)) ? await readFile(file).catch(() => undefined) : undefined
    if (content === undefined) response.writeHead(404, { 'content-type': 'text/plain' }).end('not found')
    else
      response
        .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', ...headers })
        .end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return {
    origin: `http://localhost:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
