// Whole values on their way to the disk: small ones in one call, large ones and streams in pieces, each committed in one step.
import { unlessAborted } from './abort.js'
import type { MemoryBudget } from './budget.js'
import type { WorkOptions } from './call.js'
import type { Connection } from './connection.js'
import type { TypedArray } from './core/dtype.js'
import { ShapeError } from './core/errors.js'
import { Draft, MAX_PIECES_BYTES, Pieces } from './draft.js'
import { BLOCK_BYTES, type CreateSpec, type Put, type PutResult, type WriteTarget } from './protocol.js'
import type { Loan } from './resident.js'
import { reporter, workOptions } from './work-options.js'

/** `budget` counts the memory of what is on its way, and has what was used before. */
export type Caller = Pick<Connection, 'call'> & { readonly budget: Pick<MemoryBudget, 'lend' | 'spares'> }

/** Up to here one call with a copy is faster than three. */
const SMALL_BYTES = BLOCK_BYTES
/** Writes a copy of `bytes`, which may be in use elsewhere. Errors: those of `put` and `commitWrite`, the signal's reason. */
export async function writeBytes(
  caller: Caller,
  target: WriteTarget,
  bytes: Uint8Array,
  options: WorkOptions,
): Promise<PutResult> {
  if (bytes.byteLength <= SMALL_BYTES) return onlyResult(await putCopies(caller, [target], [bytes], options))
  let filled = 0
  return writePieces(caller, target, bytes.byteLength, options, (piece) => {
    piece.set(bytes.subarray(filled, filled + piece.byteLength))
    filled += piece.byteLength
  })
}

/**
 * Writes a buffer that nobody else has, without a copy. `giveBack` is called with it, as another ArrayBuffer object, before the
 * commit, and where writing fails; where it is not called the buffer is as it was, or lost with the worker. Errors: as `writeBytes`.
 */
export async function writeBuffer(
  caller: Caller,
  target: WriteTarget,
  buffer: ArrayBuffer,
  options: WorkOptions,
  giveBack: (buffer: ArrayBuffer) => void,
): Promise<PutResult> {
  const { byteLength } = buffer
  const { signal } = options
  if (byteLength <= SMALL_BYTES) return writeBytes(caller, target, new Uint8Array(buffer), options)
  const report = reporter(options, byteLength)
  report(0)
  const draft = await Draft.begin(caller, [target], signal)
  const abort = () => draft.abort() // ends the writing, whose end brings the buffer back
  signal?.addEventListener('abort', abort)
  try {
    const onProgress: WorkOptions['onProgress'] = ({ doneBytes }) => report(doneBytes)
    await draft.write(0, new Uint8Array(buffer), giveBack, options.onProgress && { onProgress })
    report(byteLength)
    signal?.throwIfAborted()
    return onlyResult(await draft.commit())
  } catch (error) {
    draft.abort()
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/**
 * Creates an array of one element, repeated; without `item` of zeros, which take no room. Errors: as `writeBytes`.
 */
export async function writeRepeated(
  caller: Caller,
  create: CreateSpec,
  item: Uint8Array | undefined,
  totalBytes: number,
  options: WorkOptions,
): Promise<PutResult> {
  if (item === undefined || item.every((byte) => byte === 0)) {
    const report = reporter(options, totalBytes)
    report(0)
    report(totalBytes)
    options.signal?.throwIfAborted()
    return onlyResult(await caller.call('put', { puts: [{ target: { create } }] }))
  }
  const { signal } = options
  signal?.throwIfAborted()
  const before = signal === undefined ? undefined : await caller.call('stat', { path: create.path })
  try {
    return onlyResult(await caller.call('put', { puts: [{ target: { create }, item }] }, workOptions(options)))
  } catch (error) {
    if (signal?.aborted !== true) throw error
    const now = await caller.call('stat', { path: create.path })
    if (now === undefined || now.incarnation === before?.incarnation) throw error
    return { meta: now, replaced: before?.incarnation } // the abort came too late
  }
}

/** The memory of `data` as a buffer of its own, gone for everyone else; undefined where `data` is only a part of its buffer. */
export function takeBuffer(data: TypedArray): ArrayBuffer | undefined {
  const { buffer, byteLength } = data
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) return undefined
  return structuredClone(buffer, { transfer: [buffer] })
}

/** Writes exactly `totalBytes` from a stream. Errors: ShapeError for another number of bytes; as `writeBytes`; the stream's. */
export async function writeStream(
  caller: Caller,
  target: WriteTarget,
  source: AsyncIterable<Uint8Array>,
  totalBytes: number,
  options: WorkOptions,
): Promise<PutResult> {
  const chunks = source[Symbol.asyncIterator]()
  const expected = `expected a stream of ${totalBytes} bytes`
  let rest: Uint8Array = new Uint8Array()
  let seenBytes = 0
  const pull = async (): Promise<boolean> => {
    const next = await unlessAborted(options.signal, chunks.next())
    if (next.done === true) return false
    if (!(next.value instanceof Uint8Array))
      throw new TypeError(`a stream of bytes gives Uint8Arrays, got ${String(next.value)}`)
    rest = next.value
    seenBytes += rest.byteLength
    return true
  }
  try {
    return await writePieces(
      caller,
      target,
      totalBytes,
      options,
      async (piece) => {
        for (let filled = 0; filled < piece.byteLength; ) {
          if (rest.byteLength === 0 && !(await pull())) throw new ShapeError(`${expected}, it ended after ${seenBytes}`)
          const part = rest.subarray(0, piece.byteLength - filled)
          piece.set(part, filled)
          filled += part.byteLength
          rest = rest.subarray(part.byteLength)
        }
      },
      async () => {
        while (rest.byteLength === 0 && (await pull()));
        if (rest.byteLength > 0) throw new ShapeError(`${expected}, it has more`)
      },
    )
  } finally {
    chunks.return?.().catch(() => undefined) // not waited for: a generator that still waits would never answer
  }
}

/** The chunks of a stream; not all browsers iterate a ReadableStream, and only `cancel` ends one that hangs. */
export function chunksOf(stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  if (!('getReader' in stream)) return stream
  const reader = stream.getReader()
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    const { done, value } = await reader.read()
    return done ? { done, value: undefined } : { done, value }
  }
  const end = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    await reader.cancel()
    return { done: true, value: undefined }
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
}

/** The commit is one step of the service: an abort comes before it or too late. */
async function putCopies(
  caller: Caller,
  targets: readonly WriteTarget[],
  values: readonly Uint8Array[],
  options: WorkOptions,
): Promise<PutResult[]> {
  const totalBytes = lengthOfAll(values)
  const report = reporter(options, totalBytes)
  report(0)
  const loan = await caller.budget.lend(totalBytes, totalBytes)
  try {
    const copy = new Uint8Array(totalBytes)
    let filled = 0
    const puts = targets.map((target, i): Put => {
      const value = values[i] as Uint8Array // as many as targets
      copy.set(value, filled)
      filled += value.byteLength
      return { target, bytes: copy.subarray(filled - value.byteLength, filled) }
    })
    report(totalBytes)
    options.signal?.throwIfAborted()
    return await caller.call('put', { puts }, { transfer: [copy.buffer] })
  } finally {
    loan.end()
  }
}

function lengthOfAll(values: readonly Uint8Array[]): number {
  return values.reduce((sum, { byteLength }) => sum + byteLength, 0)
}

export function onlyResult([result]: readonly PutResult[]): PutResult {
  return result as PutResult // there was one put
}

/** `fill` fills the next bytes of the value into a piece; `end` is called when all are filled. */
async function writePieces(
  caller: Caller,
  target: WriteTarget,
  totalBytes: number,
  options: WorkOptions,
  fill: (piece: Uint8Array) => void | Promise<void>,
  end?: () => Promise<void>,
): Promise<PutResult> {
  const write = async (pieces: Pieces) => {
    for (let offset = 0; offset < totalBytes; offset += pieces.pieceBytes) {
      const piece = await pieces.take(Math.min(pieces.pieceBytes, totalBytes - offset))
      await fill(piece)
      options.signal?.throwIfAborted()
      pieces.send(piece)
    }
    await pieces.finish() // first, for the end may be long in coming
    await end?.()
    options.signal?.throwIfAborted()
  }
  return onlyResult(await inPieces(caller, [target], totalBytes, options, write))
}

/** Writes copies of the values of several targets in one commit. Errors: those of `put`. */
export function writeTogether(
  caller: Caller,
  targets: readonly WriteTarget[],
  values: readonly Uint8Array[],
): Promise<PutResult[]> {
  const totalBytes = lengthOfAll(values)
  if (totalBytes <= SMALL_BYTES) return putCopies(caller, targets, values, {})
  return inPieces(caller, targets, totalBytes, {}, async (pieces) => {
    let piece = await pieces.take(pieces.pieceBytes)
    let filled = 0
    for (const part of values.flatMap(partsOf)) {
      if (filled + part.byteLength > piece.byteLength) {
        pieces.send(piece.subarray(0, filled))
        piece = await pieces.take(pieces.pieceBytes)
        filled = 0
      }
      piece.set(part, filled)
      filled += part.byteLength
    }
    pieces.send(piece.subarray(0, filled))
    await pieces.finish()
  })
}

/** What a piece holds whole. */
function partsOf(value: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at < value.byteLength; at += BLOCK_BYTES) parts.push(value.subarray(at, at + BLOCK_BYTES))
  return parts
}

/** Commits what `write` has sent. Errors: those of `put`, of `write`. */
async function inPieces(
  caller: Caller,
  targets: readonly WriteTarget[],
  totalBytes: number,
  options: WorkOptions,
  write: (pieces: Pieces) => Promise<void>,
): Promise<PutResult[]> {
  const report = reporter(options, totalBytes)
  report(0)
  const draft = await Draft.begin(caller, targets, options.signal)
  let loan: Loan | undefined
  try {
    loan = await caller.budget.lend(Math.min(MAX_PIECES_BYTES, totalBytes), Math.min(BLOCK_BYTES, totalBytes))
    await write(new Pieces(draft, loan, caller.budget.spares, report))
    return await draft.commit()
  } catch (error) {
    draft.abort()
    throw error
  } finally {
    loan?.end()
  }
}
