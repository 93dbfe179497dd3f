// Making arrays: from what is in memory, on disk or in a stream, of one element repeated, or of nothing but zeros.
import type { DiskBackedNDArray } from './array.js'
import { checkAttributes } from './attributes.js'
import type { WorkOptions } from './call.js'
import { LazyDiskCacheConfig, type LazyDiskCacheSettings, settingsOf } from './config.js'
import { type ArrayDataInMemory, arrayParts } from './core/data.js'
import { checkDType, type DType, type TypedArray } from './core/dtype.js'
import { DTypeError, ShapeError } from './core/errors.js'
import { byteLengthOf, checkShape, shapeText, sizeOf } from './core/shape.js'
import { allocate, bytesOf, isTypedArray, wrap } from './core/typed-array.js'
import type { Custody } from './custody.js'
import type { Disk } from './disk.js'
import { boundSession } from './handles.js'
import { placeOnDisk, sessionFor } from './keeping.js'
import { checkLifetime, type Lifetime } from './lifetime.js'
import { InMemory, unbacked } from './live.js'
import { checkPriority, type Priority } from './priority.js'
import type { CreateSpec, JsonObject, PutResult } from './protocol.js'
import type { Session } from './session.js'
import { chunksOf, takeBuffer, writeBuffer, writeBytes, writeRepeated, writeStream } from './transfer.js'
import { type ArrayView, isReadable, type Readable } from './view.js'
import { checkWorkOptions, signalOnly } from './work-options.js'

/** What arrays are made from, streams of bytes excepted. */
export type ArrayData = ArrayDataInMemory | DiskBackedNDArray | ArrayView

/** Bytes in pieces of any length, in C order and in the byte order of the machine. */
export type ByteStream = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>

/** Of what makes an array. */
export interface CreateOptions<D extends DType = DType> extends LazyDiskCacheSettings, WorkOptions, Lifetime {
  /** Default: the disk named 'default'. */
  disk?: Disk
  /** Default: that of the data. */
  shape?: readonly number[]
  /** Default: that of the data. */
  dtype?: D
  /** Gives the data's buffer up: faster, and the caller has it no more. */
  transfer?: boolean
  /** false: KeyExistsError where something is at cachePath. Default true: it is replaced. */
  overwrite?: boolean
  /** Kept with the array; given back by `attributes` and `list()`. At most what JSON can say. */
  attributes?: JsonObject
  /** What it is worth in memory. Default 'recent'. */
  priority?: Priority
}

/** The elements of an array to be, in C order. */
type Elements =
  /** `isOurs`: no one else has the memory. */
  | { readonly kind: 'memory'; readonly data: TypedArray; readonly isOurs: boolean }
  | { readonly kind: 'stream'; readonly chunks: AsyncIterable<Uint8Array> }
  /** One element; undefined: zeros. */
  | { readonly kind: 'repeated'; readonly item: Uint8Array | undefined }

export interface Content {
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly elements: Elements
}

/** Arrays on disk up to here are copied through memory, larger ones block by block. */
const MAX_WHOLE_BYTES = 64 * 2 ** 20

const OPTIONS: readonly string[] = [
  'disk',
  'shape',
  'dtype',
  'transfer',
  'overwrite',
  'attributes',
  'expire',
  'tags',
  'priority',
  'signal',
  'onProgress',
]

/** Errors: ShapeError, DTypeError, TypeError; those of reading what is on disk. */
export async function contentOf(data: ArrayData | ByteStream, options: CreateOptions): Promise<Content> {
  const { shape, dtype } = options
  if (isReadable(data)) return copyOf(data, options)
  if (isStream(data)) {
    if (shape === undefined || dtype === undefined) throw new TypeError('a stream of bytes needs { shape, dtype }')
    return { shape: checkShape(shape), dtype: checkDType(dtype), elements: { kind: 'stream', chunks: chunksOf(data) } }
  }
  const parts = arrayParts(data, { shape, dtype })
  return { ...parts, elements: memoryOf(parts.data, bufferOf(data), options.transfer === true) }
}

/** Content of one element, repeated; `item` undefined: of zeros. Errors: ShapeError, DTypeError. */
export function repeated(shape: readonly number[], dtype: DType, item: TypedArray | undefined): Content {
  const checked = { shape: checkShape(shape), dtype: checkDType(dtype) }
  byteLengthOf(checked.shape, checked.dtype)
  return { ...checked, elements: { kind: 'repeated', item: item && bytesOf(item) } }
}

/**
 * Makes a fresh object the array of that content. Errors: TypeError for an unknown option, InvalidPathError, KeyExistsError,
 * QuotaExceededError, DiskClosedError, the signal's reason; nothing is left on disk then.
 */
export async function make(custody: Custody, content: Content, options: CreateOptions): Promise<void> {
  const attributes = checkAttributes(options.attributes ?? {})
  const lifetime = checkLifetime(options)
  const config = new LazyDiskCacheConfig(settingsOf(options))
  custody.configure(config, options.disk === undefined ? undefined : boundSession(options.disk))
  options.signal?.throwIfAborted()
  if (options.priority !== undefined && custody.place instanceof InMemory) custody.place.priority = options.priority
  if (!config.enableCaching) {
    if (Object.keys(lifetime).length > 0) throw new TypeError('expire and tags are of arrays on disk: caching is off')
    const data = await inMemory(content, options)
    const place = new InMemory(unbacked(data, content.shape, content.dtype), attributes)
    custody.place = place
    if (options.priority !== undefined) place.priority = options.priority
    return
  }
  const session = await sessionFor(custody)
  await custody.turn('alone', () => makeOnDisk(custody, session, content, { ...options, attributes }), options.signal)
  if (config.automaticOffloading) await custody.offload({})
}

/** Errors: TypeError naming what is not known. */
export function checkCreateOptions(options: CreateOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options are an object, got ${String(options)}`)
  const settings = settingsOf(options)
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option) && !Object.hasOwn(settings, option))
  if (unknown !== undefined) throw new TypeError(`unknown option '${unknown}'`)
  if (options.priority !== undefined) checkPriority(options.priority)
  checkWorkOptions(options)
}

async function makeOnDisk(
  custody: Custody,
  session: Session,
  { shape, dtype, elements }: Content,
  options: CreateOptions & { attributes: JsonObject },
): Promise<void> {
  const { attributes, overwrite = true } = options
  let given: ArrayBuffer | undefined
  const write = async (create: CreateSpec): Promise<PutResult> => {
    const nbytes = byteLengthOf(shape, dtype)
    if (elements.kind === 'stream') return writeStream(session, { create }, elements.chunks, nbytes, options)
    if (elements.kind === 'repeated') return writeRepeated(session, create, elements.item, nbytes, options)
    const buffer = elements.isOurs ? takeBuffer(elements.data) : undefined
    if (buffer === undefined) return writeBytes(session, { create }, bytesOf(elements.data), options)
    given = buffer
    return writeBuffer(session, { create }, buffer, options, (back) => {
      given = back
    })
  }
  const plan = { shape, dtype, attributes, overwrite, ...checkLifetime(options) }
  const residency = await placeOnDisk(custody, session, plan, write)
  if (elements.kind !== 'memory') return
  const data = given === undefined ? elements.data : wrap(given, dtype)
  await residency.keep(data, !elements.isOurs, custody.occupant)
}

async function inMemory({ shape, dtype, elements }: Content, { signal }: WorkOptions): Promise<TypedArray> {
  if (elements.kind === 'memory') {
    const buffer = elements.isOurs ? takeBuffer(elements.data) : undefined
    return buffer === undefined ? elements.data : wrap(buffer, dtype)
  }
  const data = allocate(dtype, sizeOf(shape))
  const bytes = bytesOf(data)
  if (elements.kind === 'repeated') {
    const { item } = elements
    if (item !== undefined) for (let at = 0; at < bytes.byteLength; at += item.byteLength) bytes.set(item, at)
    return data
  }
  let filled = 0
  for await (const chunk of elements.chunks) {
    signal?.throwIfAborted()
    if (filled + chunk.byteLength > bytes.byteLength) throw wrongStream(shape, dtype, 'it has more')
    bytes.set(chunk, filled)
    filled += chunk.byteLength
  }
  if (filled < bytes.byteLength) throw wrongStream(shape, dtype, `it ended after ${filled}`)
  return data
}

async function copyOf(source: Readable<DType>, options: CreateOptions): Promise<Content> {
  const { shape, dtype } = options
  if (dtype !== undefined && dtype !== source.dtype) {
    throw new DTypeError(`an array of ${source.dtype} is not read as ${dtype}: cast it with astype('${dtype}')`)
  }
  if (source.nbytes <= MAX_WHOLE_BYTES || options.enableCaching !== true) {
    const parts = arrayParts(await source.get(undefined, signalOnly(options)), { shape, dtype })
    return { ...parts, elements: { kind: 'memory', data: parts.data, isOurs: true } }
  }
  const wanted = shape === undefined ? source.shape : checkShape(shape)
  if (sizeOf(wanted) !== source.size) {
    throw new ShapeError(`cannot reshape array of size ${source.size} into shape ${shapeText(wanted)}`)
  }
  return { shape: wanted, dtype: source.dtype, elements: { kind: 'stream', chunks: blocksOf(source) } }
}

async function* blocksOf(source: Readable<DType>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { array } of source.blocks()) yield bytesOf(array.data)
}

/** What was converted is ours already; what was not becomes ours by taking it. */
function memoryOf(data: TypedArray, callers: ArrayBufferLike | undefined, transfer: boolean): Elements {
  if (data.buffer !== callers) return { kind: 'memory', data, isOurs: true }
  return { kind: 'memory', data, isOurs: transfer }
}

function bufferOf(data: ArrayData): ArrayBufferLike | undefined {
  if (isTypedArray(data)) return data.buffer
  if (typeof data !== 'object' || data === null) return undefined
  if ('data' in data && isTypedArray(data.data)) return data.data.buffer
  return 'byteLength' in data ? (data as ArrayBufferLike) : undefined // neither a typed array nor an array
}

function isStream(data: unknown): data is ByteStream {
  return typeof data === 'object' && data !== null && (Symbol.asyncIterator in data || 'getReader' in data)
}

function wrongStream(shape: readonly number[], dtype: DType, found: string): ShapeError {
  return new ShapeError(`expected a stream of ${byteLengthOf(shape, dtype)} bytes, ${found}`)
}
