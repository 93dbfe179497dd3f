// NumPy's words for what operators refuse.
import type { DType } from '../dtype.js'
import { DTypeError, ShapeError } from '../errors.js'
import { shapeText } from '../shape.js'

/** The value computed does not go into `out`. `which` is ' 2' and so on where there is more than one result. */
export function cannotCastOutput(ufunc: string, from: DType, to: DType, which = ''): DTypeError {
  return new DTypeError(
    `Cannot cast ufunc '${ufunc}' output${which} from dtype('${from}') to dtype('${to}') with casting rule 'same_kind'`,
  )
}

/** An operand does not go into the dtype asked for. `which` is ' 0' and so on where there is more than one operand. */
export function cannotCastInput(ufunc: string, from: DType, to: DType, which: string): DTypeError {
  return new DTypeError(
    `Cannot cast ufunc '${ufunc}' input${which} from dtype('${from}') to dtype('${to}') with casting rule 'same_kind'`,
  )
}

export function noSuchLoop(ufunc: string): DTypeError {
  return new DTypeError(`No loop matching the specified signature and casting was found for ufunc ${ufunc}`)
}

/** `out` has another shape than the operands broadcast to. */
export function wrongOutShape(out: readonly number[], shape: readonly number[]): ShapeError {
  return new ShapeError(
    `non-broadcastable output operand with shape ${shapeText(out)} doesn't match the broadcast shape ${shapeText(shape)}`,
  )
}

export function negativePower(): DTypeError {
  return new DTypeError('Integers to negative integer powers are not allowed.')
}

/** No loop takes these operands. */
export function unsupported(ufunc: string, dtypes: readonly DType[]): DTypeError {
  if (ufunc === 'subtract' && dtypes.every((dtype) => dtype === 'bool')) {
    return new DTypeError(
      'numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, ' +
        'or the logical_xor function instead.',
    )
  }
  if (dtypes.length === 1 && dtypes[0] === 'bool') return unsupportedBool(ufunc)
  return new DTypeError(
    `ufunc '${ufunc}' not supported for the input types, and the inputs could not be safely coerced to any ` +
      "supported types according to the casting rule ''safe''",
  )
}

function unsupportedBool(ufunc: string): DTypeError {
  if (ufunc === 'negative') {
    return new DTypeError(
      'The numpy boolean negative, the `-` operator, is not supported, use the `~` operator ' +
        'or the logical_not function instead.',
    )
  }
  return new DTypeError(
    `ufunc '${ufunc}' did not contain a loop with signature matching types <class 'numpy.dtypes.BoolDType'> -> None`,
  )
}
