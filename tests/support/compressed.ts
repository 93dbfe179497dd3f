// Compressed JSON of the project, in a page by its dev server, in Node from its folder.

// By a name: Vite would take `new URL(…, import.meta.url)` for an asset.
const HERE = import.meta.url

/** `path`: from the project's root. */
export async function readCompressed(path: string): Promise<unknown> {
  const url = new URL(`../../${path}`, HERE)
  const bytes = url.protocol === 'file:' ? await readFile(url) : await fetched(url)
  const blob = new Blob([bytes])
  // Servers send such files as what is in them, and browsers unpack them.
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b
  return new Response(isCompressed ? blob.stream().pipeThrough(new DecompressionStream('gzip')) : blob).json()
}

async function fetched(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

async function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const name = 'node:fs/promises'
  const files = (await import(/* @vite-ignore */ name)) as { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> }
  return files.readFile(url)
}
