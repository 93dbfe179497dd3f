// Reads the header of a NumPy .npy file (format versions 1 to 3) and gives its bytes as a stream.
import type { DType } from '../src/index.js'

export interface NpyFile {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** The elements, little-endian, C order. */
  readonly bytes: Blob
}

/** A file that is no .npy file, or one this page cannot read; the message is for the person who dropped it. */
export class NpyError extends Error {
  override readonly name = 'NpyError'
}

const MAGIC = '\x93NUMPY'
const DTYPE_OF_CODE: Readonly<Record<string, DType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
}
const BYTES_PER_ELEMENT = /\d+$/

/** Errors: NpyError. */
export async function readNpy(file: Blob): Promise<NpyFile> {
  const start = new DataView(await file.slice(0, 12).arrayBuffer())
  const magic = String.fromCharCode(...new Uint8Array(start.buffer, 0, Math.min(6, start.byteLength)))
  if (magic !== MAGIC || start.byteLength < 10) throw new NpyError('This is not a .npy file: it does not begin as one.')
  const version = start.getUint8(6)
  if (version < 1 || version > 3)
    throw new NpyError(`This .npy file is of format version ${version}; versions 1 to 3 can be read.`)
  const headerAt = version === 1 ? 10 : 12
  if (start.byteLength < headerAt) throw new NpyError('This .npy file ends in its header.')
  const headerLength = version === 1 ? start.getUint16(8, true) : start.getUint32(8, true)
  const header = await file.slice(headerAt, headerAt + headerLength).text()
  const { dtype, itemsize, shape } = parseHeader(header)
  const bytes = file.slice(headerAt + headerLength)
  const needed = shape.reduce((product, length) => product * length, itemsize)
  if (bytes.size < needed) {
    throw new NpyError(
      `This .npy file is cut short: its header announces ${needed} bytes of data, it has ${bytes.size}.`,
    )
  }
  return { dtype, shape, bytes: bytes.slice(0, needed) }
}

/** The header is a Python dict literal with exactly descr, fortran_order and shape. */
function parseHeader(header: string): { dtype: DType; itemsize: number; shape: number[] } {
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1]
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1]
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1]
  if (!descr && /'descr':\s*\[/.test(header)) {
    throw new NpyError('This .npy file holds a structured array; plain numbers can be read.')
  }
  if (!descr || !order || shape === undefined) throw new NpyError('The header of this .npy file cannot be read.')
  const { dtype, itemsize } = parseDescr(descr)
  const lengths = shape
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(Number)
  if (order === 'True' && lengths.length > 1) {
    throw new NpyError('This array is in Fortran order. Save it with numpy.ascontiguousarray(a) and drop it again.')
  }
  return { dtype, itemsize, shape: lengths }
}

function parseDescr(descr: string): { dtype: DType; itemsize: number } {
  const byteOrder = descr.slice(0, 1)
  const code = descr.slice(1)
  if (byteOrder === '>' && code !== 'b1') {
    throw new NpyError(`This array is big-endian (${descr}). Save it with a.astype('<${code}') and drop it again.`)
  }
  const dtype = DTYPE_OF_CODE[code]
  if (!dtype)
    throw new NpyError(`This array has the dtype ${descr}, which cannot be kept here; numbers and booleans can.`)
  return { dtype, itemsize: Number(BYTES_PER_ELEMENT.exec(code)?.[0]) }
}
