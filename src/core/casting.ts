// Which casts each of NumPy's casting rules allows. Recorded from NumPy 2.4.6 (numpy.can_cast).
import { DTYPE_NAMES, type DType } from './dtype.js'
import { DTypeError } from './errors.js'

/** Which casts go, as numpy.can_cast has it: none, to the same bytes, without loss, within a kind or to a larger one, any. */
export type Casting = 'no' | 'equiv' | 'safe' | 'same_kind' | 'unsafe'

/** From each dtype to each, in the order of DTYPES: 2 safe, 1 same kind, 0 unsafe. */
const TABLE: Readonly<Record<DType, string>> = {
  bool: '22222222222222',
  int8: '02222000022222',
  int16: '01222000012222',
  int32: '01122000011212',
  int64: '01112000011212',
  uint8: '01222222222222',
  uint16: '01122122212222',
  uint32: '01112112211212',
  uint64: '01111111211212',
  float16: '00000000022222',
  float32: '00000000012222',
  float64: '00000000011212',
  complex64: '00000000000022',
  complex128: '00000000000012',
}

/** numpy.can_cast. Errors: TypeError for an unknown rule. */
export function canCast(from: DType, to: DType, casting: Casting): boolean {
  const grade = Number(TABLE[from][DTYPE_NAMES.indexOf(to)])
  switch (casting) {
    case 'no':
    case 'equiv':
      return from === to
    case 'safe':
      return grade === 2
    case 'same_kind':
      return grade >= 1
    case 'unsafe':
      return true
    default:
      throw new TypeError(
        `casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe' (got '${String(casting)}')`,
      )
  }
}

/** Errors: DTypeError with NumPy's words where the rule does not allow the cast. */
export function checkCast(from: DType, to: DType, casting: Casting): void {
  if (!canCast(from, to, casting)) throw cannotCast(from, to, casting)
}

export function cannotCast(from: DType, to: DType, casting: Casting): DTypeError {
  return new DTypeError(
    `Cannot cast array data from dtype('${from}') to dtype('${to}') according to the rule '${casting}'`,
  )
}
