// The one table of dtypes: from it follow the TypeScript types, the classes, the sizes and the codes on disk.
import { DTypeError } from './errors.js'

/** NumPy's name of a dtype, one of fourteen. */
export type DType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64'
  | 'complex64'
  | 'complex128'

/** An element of complex64 or complex128. */
export interface Complex {
  /** The real part. */
  readonly re: number
  /** The imaginary part. */
  readonly im: number
}

/** What `item()` gives for a dtype. */
export type Scalar<D extends DType = DType> = D extends 'bool'
  ? boolean
  : D extends 'int64' | 'uint64'
    ? bigint
    : D extends 'complex64' | 'complex128'
      ? Complex
      : number

type Half = typeof globalThis extends { Float16Array: { prototype: infer F } } ? F : Uint16Array

/**
 * The class that holds a dtype's elements. bool: Uint8Array of 0 and 1. float16: Float16Array where the runtime has one,
 * else Uint16Array of the bits. complex: real and imaginary parts interleaved.
 */
export type TypedArray<D extends DType = DType> = D extends 'bool' | 'uint8'
  ? Uint8Array
  : D extends 'int8'
    ? Int8Array
    : D extends 'int16'
      ? Int16Array
      : D extends 'uint16'
        ? Uint16Array
        : D extends 'int32'
          ? Int32Array
          : D extends 'uint32'
            ? Uint32Array
            : D extends 'int64'
              ? BigInt64Array
              : D extends 'uint64'
                ? BigUint64Array
                : D extends 'float16'
                  ? Half
                  : D extends 'float32' | 'complex64'
                    ? Float32Array
                    : Float64Array

export type DTypeKind = 'bool' | 'int' | 'uint' | 'float' | 'complex'

interface DTypeInfo {
  /** Bytes an element. */
  readonly itemsize: number
  readonly kind: DTypeKind
  /** Typed-array elements an array element: 2 for complex, else 1. */
  readonly width: 1 | 2
  /** NumPy's name without byte order, as in .npy headers: '<f4' is '<' + code. */
  readonly code: string
}

/** The order of the keys is the dtype's number in the catalog: append only. */
export const DTYPES: Readonly<Record<DType, DTypeInfo>> = {
  bool: { itemsize: 1, kind: 'bool', width: 1, code: 'b1' },
  int8: { itemsize: 1, kind: 'int', width: 1, code: 'i1' },
  int16: { itemsize: 2, kind: 'int', width: 1, code: 'i2' },
  int32: { itemsize: 4, kind: 'int', width: 1, code: 'i4' },
  int64: { itemsize: 8, kind: 'int', width: 1, code: 'i8' },
  uint8: { itemsize: 1, kind: 'uint', width: 1, code: 'u1' },
  uint16: { itemsize: 2, kind: 'uint', width: 1, code: 'u2' },
  uint32: { itemsize: 4, kind: 'uint', width: 1, code: 'u4' },
  uint64: { itemsize: 8, kind: 'uint', width: 1, code: 'u8' },
  float16: { itemsize: 2, kind: 'float', width: 1, code: 'f2' },
  float32: { itemsize: 4, kind: 'float', width: 1, code: 'f4' },
  float64: { itemsize: 8, kind: 'float', width: 1, code: 'f8' },
  complex64: { itemsize: 8, kind: 'complex', width: 2, code: 'c8' },
  complex128: { itemsize: 16, kind: 'complex', width: 2, code: 'c16' },
}

export const DTYPE_NAMES = Object.freeze(Object.keys(DTYPES)) as readonly DType[]

/** Returns `value` as a DType. Errors: DTypeError naming what was given. */
export function checkDType(value: unknown): DType {
  if (typeof value === 'string' && Object.hasOwn(DTYPES, value)) return value as DType
  const given = typeof value === 'string' ? JSON.stringify(value) : String(value)
  throw new DTypeError(`unknown dtype ${given}: expected one of ${DTYPE_NAMES.join(', ')}`)
}
