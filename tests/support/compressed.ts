// Compressed JSON of the project, in a page by its dev server, in Node from its folder.

/** `path`: from the project's root. */
export async function readCompressed(path: string): Promise<unknown> {
  const url = new URL(`../../${path}`, import.meta.url)
  const blob = new Blob([url.protocol === 'file:' ? await readFile(url) : await fetched(url)])
  return new Response(blob.stream().pipeThrough(new DecompressionStream('gzip'))).json()
}

async function fetched(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return response.arrayBuffer()
}

async function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const name = 'node:fs/promises'
  const files = (await import(/* @vite-ignore */ name)) as { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> }
  return files.readFile(url)
}
