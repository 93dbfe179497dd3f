// The hand-written worker of the floor: one file, one sync handle, buffers that travel by transfer.
import type { FloorAnswer, FloorRequest } from './floor-protocol.js'

/** Of a FileSystemSyncAccessHandle, which TypeScript's DOM library does not have: it exists in workers only. */
interface SyncHandle {
  read(target: Uint8Array, options: { at: number }): number
  write(source: Uint8Array, options: { at: number }): number
  truncate(size: number): void
  close(): void
}

const FILE = 'bench-floor'
const NOTHING = new Uint8Array(0)

const root = await navigator.storage.getDirectory()
const fileHandle = await root.getFileHandle(FILE, { create: true })
const handle = await (
  fileHandle as FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncHandle> }
).createSyncAccessHandle()

addEventListener('message', async ({ data: request }: MessageEvent<FloorRequest>) => {
  const start = performance.now()
  const bytes = serve(request)
  const milliseconds = performance.now() - start
  if (request.kind === 'close') await root.removeEntry(FILE)
  const answer: FloorAnswer = { bytes, milliseconds }
  postMessage(answer, { transfer: bytes === NOTHING ? [] : [bytes.buffer] })
})
postMessage('ready')

function serve(request: FloorRequest): Uint8Array<ArrayBuffer> {
  switch (request.kind) {
    case 'write':
      handle.write(request.bytes, { at: request.at })
      return request.bytes
    case 'read':
      handle.read(request.into, { at: request.at })
      return request.into
    case 'read-many':
      return readMany(request.ranges)
    case 'truncate':
      handle.truncate(request.size)
      return NOTHING
    case 'close':
      handle.close()
      return NOTHING
  }
}

function readMany(ranges: readonly { offset: number; length: number }[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ranges.reduce((sum, { length }) => sum + length, 0))
  let filled = 0
  for (const { offset, length } of ranges) {
    handle.read(bytes.subarray(filled, filled + length), { at: offset })
    filled += length
  }
  return bytes
}
