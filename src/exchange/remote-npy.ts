// A .npy file on a server as an array to read: a slice costs the requests for that slice.
import { DTYPES, type DType } from '../core/dtype.js'
import { InvalidSourceError } from '../core/errors.js'
import { type ViewLayout, wholeLayout } from '../core/layout.js'
import type { NDArray } from '../core/ndarray.js'
import { PREAMBLE_BYTES, parseNpyHeader, placeOfHeader } from '../core/npy-header.js'
import { byteLengthOf, stridesOf } from '../core/shape.js'
import { copyElements } from '../core/strided.js'
import { wrap } from '../core/typed-array.js'
import { checkInto, inOneMemory, type Parts, type ReadOptions } from '../reading.js'
import { type ElementSource, type Readable, Reader } from '../view.js'
import { reporter } from '../work-options.js'
import { swapInPlace } from './byte-order.js'
import { forEachAtMost } from './for-each-at-most.js'
import { RemoteFile } from './remote-file.js'
import { type Piece, piecesOf } from './view-pieces.js'

/** Nearly all headers are shorter. */
const BEGINNING_BYTES = 512
/** As many as browsers send to one server at a time. */
const REQUESTS_AT_ONCE = 6

/** See index.ts of this folder. */
export async function openRemoteNpy(
  url: string | URL,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Readable<DType>> {
  signal?.throwIfAborted()
  const file = await RemoteFile.open(url, BEGINNING_BYTES, signal)
  const { start, end, encoding } = placeOfHeader(file.beginning.subarray(0, PREAMBLE_BYTES))
  const more = end - file.beginning.byteLength
  const rest = more > 0 ? await file.read(file.beginning.byteLength, more, signal) : new Uint8Array()
  const text = new Uint8Array([...file.beginning, ...rest]).subarray(start, end)
  const { shape, dtype, fortranOrder, bigEndian } = parseNpyHeader(new TextDecoder(encoding).decode(text))
  const nbytes = byteLengthOf(shape, dtype)
  if (file.size !== undefined && file.size < end + nbytes) {
    throw new InvalidSourceError(
      `${url} is cut short: ${nbytes} bytes of data were announced, there are ${file.size - end}`,
    )
  }
  const base = fortranOrder ? [...shape].reverse() : shape
  const layout = fortranOrder ? { shape, strides: stridesOf(base).reverse(), offset: 0 } : wholeLayout(shape)
  return new Reader(new RemoteElements(file, end, bigEndian), dtype, () => ({ base, layout }))
}

class RemoteElements implements ElementSource<DType> {
  readonly array = undefined
  readonly #file: RemoteFile
  /** Where the elements begin, in bytes. */
  readonly #start: number
  readonly #bigEndian: boolean

  constructor(file: RemoteFile, start: number, bigEndian: boolean) {
    this.#file = file
    this.#start = start
    this.#bigEndian = bigEndian
  }

  async read(dtype: DType, partsOf: () => Parts, options: ReadOptions<DType>): Promise<NDArray[]> {
    options.signal?.throwIfAborted()
    const { layouts } = partsOf()
    if (options.into !== undefined) {
      checkInto(
        options.into,
        dtype,
        layouts.map(({ shape }) => shape),
      )
    }
    const targets = inOneMemory(dtype, layouts, options.into)
    const totalBytes = targets.reduce((sum, { nbytes }) => sum + nbytes, 0)
    const report = reporter(options, totalBytes)
    report(0)
    let doneBytes = 0
    await forEachAtMost(REQUESTS_AT_ONCE, wanted(layouts, targets), options.signal, async (want, signal) => {
      await this.#fill(want, signal)
      doneBytes += want.piece.count.reduce((size, count) => size * count, DTYPES[dtype].itemsize)
      report(doneBytes)
    })
    return targets
  }

  async #fill({ piece, layout, target }: Want, signal: AbortSignal): Promise<void> {
    const { dtype } = target
    const { itemsize } = DTYPES[dtype]
    const start = this.#start + piece.low * itemsize
    const bytes = await this.#file.read(start, piece.extent * itemsize, signal)
    if (this.#bigEndian) swapInPlace(bytes, dtype)
    const positionIn = ({ strides, offset }: Omit<ViewLayout, 'shape'>) =>
      piece.start.reduce((at, index, axis) => at + index * (strides[axis] ?? 0), offset)
    copyElements(
      dtype,
      piece.count,
      { data: target.data, strides: target.strides, offset: positionIn(target) },
      { data: wrap(bytes.buffer, dtype), strides: layout.strides, offset: positionIn(layout) - piece.low },
    )
  }
}

interface Want {
  readonly piece: Piece
  readonly layout: ViewLayout
  readonly target: NDArray
}

function* wanted(layouts: readonly ViewLayout[], targets: readonly NDArray[]): Generator<Want, void, undefined> {
  for (const [i, layout] of layouts.entries()) {
    const target = targets[i] as NDArray // one for each layout
    for (const piece of piecesOf(layout, DTYPES[target.dtype].itemsize)) yield { piece, layout, target }
  }
}
