// The header of NumPy's .npy files, versions 1 to 3: read strictly, written as numpy.save writes it.
import { DTYPE_NAMES, DTYPES, type DType } from './dtype.js'
import { DTypeError, InvalidSourceError } from './errors.js'
import { PYTHON_LIST, PythonLiteral } from './python-literal.js'
import { checkShape } from './shape.js'

export interface NpyHeader {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** The elements come with the first axis closest together. */
  readonly fortranOrder: boolean
  readonly bigEndian: boolean
}

/** Where the text of a header is, in bytes from the start of the file; the elements follow it. */
export interface HeaderPlace {
  readonly start: number
  readonly end: number
  readonly encoding: 'latin1' | 'utf-8'
}

/** As many bytes tell where the header is, whatever the version. */
export const PREAMBLE_BYTES = 12
/** NumPy refuses longer ones: reading them takes long. */
const MAX_HEADER_BYTES = 10_000
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] // \x93NUMPY
/** The elements begin at a multiple of it. */
const ALIGNMENT = 64
/** Digits that an axis may grow to without moving the elements. */
const GROWTH_DIGITS = 21

const DTYPE_OF_CODE: ReadonlyMap<string, DType> = new Map(DTYPE_NAMES.map((dtype) => [DTYPES[dtype].code, dtype]))

/** Errors: InvalidSourceError for what does not begin as a .npy file, a version that is not known, a header too long. */
export function placeOfHeader(preamble: Uint8Array): HeaderPlace {
  if (MAGIC.some((byte, i) => preamble[i] !== byte)) throw new InvalidSourceError('this is no .npy file')
  const [major = 1, minor = 0] = preamble.subarray(6)
  if (major < 1 || major > 3 || minor !== 0) {
    throw new InvalidSourceError(`a .npy file of version ${major}.${minor} cannot be read: versions 1.0 to 3.0 can`)
  }
  const start = major === 1 ? 10 : 12
  if (preamble.byteLength < start) throw new InvalidSourceError('this .npy file ends within its header')
  const view = new DataView(preamble.buffer, preamble.byteOffset)
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > MAX_HEADER_BYTES) {
    throw new InvalidSourceError(`this .npy file has a header of ${length} bytes: at most ${MAX_HEADER_BYTES} are read`)
  }
  return { start, end: start + length, encoding: major === 3 ? 'utf-8' : 'latin1' }
}

/** Errors: InvalidSourceError for what is no header, DTypeError for elements that are no numbers, ShapeError. */
export function parseNpyHeader(text: string): NpyHeader {
  const fields = new PythonLiteral(text).dict()
  const { descr, fortran_order: fortranOrder, shape } = Object.fromEntries(fields)
  if (descr === PYTHON_LIST) throw new DTypeError('structured arrays cannot be read: save each field by itself')
  if (fields.size !== 3 || descr === undefined || typeof fortranOrder !== 'boolean' || !Array.isArray(shape)) {
    throw new InvalidSourceError("the header of a .npy file has 'descr', 'fortran_order' and 'shape', and nothing else")
  }
  return { ...parseDescr(descr), fortranOrder, shape: checkShape(shape) }
}

/** Of NumPy's form such as '<f4'. Errors: DTypeError. */
export function parseDescr(descr: unknown): { readonly dtype: DType; readonly bigEndian: boolean } {
  if (typeof descr !== 'string') throw new DTypeError(`a dtype is a string such as '<f4', got ${typeof descr}`)
  const code = /^[<>|=]/.test(descr) ? descr.slice(1) : descr
  if (code === 'O') throw new DTypeError('arrays of objects are pickles, which are not read: save them as numbers')
  const dtype = DTYPE_OF_CODE.get(code)
  if (dtype === undefined) {
    throw new DTypeError(`an array of dtype '${descr}' cannot be read: expected one of ${DTYPE_NAMES.join(', ')}`)
  }
  return { dtype, bigEndian: descr.startsWith('>') }
}

/** NumPy's form of a dtype, as in headers. Source: numpy.dtype.str. */
export function descrOf(dtype: DType): string {
  const { itemsize, code } = DTYPES[dtype]
  return `${itemsize === 1 ? '|' : '<'}${code}`
}

/** All that comes before the elements, of version 1, as numpy.save writes it. */
export function npyHeaderBytes(dtype: DType, shape: readonly number[], fortranOrder: boolean): Uint8Array<ArrayBuffer> {
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const order = fortranOrder ? 'True' : 'False'
  const dict = `{'descr': '${descrOf(dtype)}', 'fortran_order': ${order}, 'shape': (${lengths}), }`
  const growing = fortranOrder ? shape.at(-1) : shape[0]
  const spare = growing === undefined ? 0 : GROWTH_DIGITS - String(growing).length
  const unpadded = 10 + dict.length + spare + 1
  const byteLength = unpadded + ALIGNMENT - (unpadded % ALIGNMENT)
  const bytes = new Uint8Array(byteLength).fill(0x20)
  bytes.set([...MAGIC, 1, 0])
  new DataView(bytes.buffer).setUint16(8, byteLength - 10, true)
  bytes.set(
    Array.from(dict, (character) => character.charCodeAt(0)),
    10,
  )
  bytes[byteLength - 1] = 0x0a
  return bytes
}
