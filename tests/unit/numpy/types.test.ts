// Type resolution against the tables recorded from NumPy.
import { describe, expect, test } from 'vitest'
import type { DType } from '../../../src/core/dtype.js'
import { DTypeError } from '../../../src/core/errors.js'
import type { OperationName } from '../../../src/core/numpy/operations.js'
import { type ReductionName, resolveReduction } from '../../../src/core/numpy/reduce/types.js'
import { type OperandType, promote, resolve, resultType } from '../../../src/core/numpy/types.js'
import { nameOf } from '../../support/golden.js'
import { readGolden } from './golden.js'

const golden = readGolden()
const WEAK: Readonly<Record<string, OperandType>> = {
  pyint: { weak: 'int', value: 1n },
  pyfloat: { weak: 'float', value: 1.5 },
  pybool: { weak: 'bool', value: true },
  pycomplex: { weak: 'complex', value: { re: 1, im: 2 } },
}

/** What comes out, null where it is refused. */
function resultOf(ufunc: string, operands: readonly OperandType[]): DType | null {
  try {
    const name = ufunc === 'divmod' ? 'floorDivide' : nameOf(ufunc)
    return resolve(name as OperationName, operands).out // the golden file has no other operators
  } catch (error) {
    expect(error).toBeInstanceOf(DTypeError)
    return null
  }
}

const operandsOf = (key: string): OperandType[] => key.split(',').map((name) => WEAK[name] ?? { dtype: name as DType })

/** The entries of a table that come out otherwise. */
function wrong(ufunc: string, table: Readonly<Record<string, DType | null>>): string[] {
  return Object.entries(table).flatMap(([key, expected]) => {
    const got = resultOf(ufunc, operandsOf(key))
    return got === expected ? [] : [`${key}: ${got}, not ${expected}`]
  })
}

describe('type resolution', () => {
  test('promotes every pair of dtypes as NumPy does', () => {
    for (const [key, expected] of Object.entries(golden.promotion)) {
      const [a, b] = key.split(',') as [DType, DType]
      expect([key, promote(a, b)]).toEqual([key, expected])
    }
  })

  test.each(Object.entries(golden.ufunc_types).filter(([ufunc]) => ufunc !== 'matmul'))('of %s', (ufunc, table) => {
    expect(wrong(ufunc, table)).toEqual([])
  })

  test.each(Object.entries(golden.unary_types))('of %s', (ufunc, table) => {
    expect(wrong(ufunc, table)).toEqual([])
  })

  test.each(Object.entries(golden.scalar_types))('of %s with weak scalars', (ufunc, table) => {
    expect(wrong(ufunc, table)).toEqual([])
  })

  test.each(Object.entries(golden.reduce_types))('of the reduction %s', (name, table) => {
    for (const [dtype, expected] of Object.entries(table)) {
      expect([dtype, resolveReduction(name as ReductionName, dtype as DType).out]).toEqual([dtype, expected])
    }
  })

  test('takes scalars beside scalars as what NumPy makes of them alone', () => {
    for (const [dtypes, common] of [
      [['int8', 'uint8', 'float16'], 'float16'],
      [['uint16', 'float16', 'int8'], 'float32'],
      [['int8', 'uint16', 'complex64'], 'complex64'],
      [['int32', 'uint32', 'bool'], 'int64'],
    ] as const) {
      expect(resultType(dtypes.map((dtype) => ({ dtype })))).toBe(common)
    }
    expect(resultType([{ weak: 'int', value: 1n }])).toBe('int64')
    expect(
      resultType([
        { weak: 'int', value: 1n },
        { weak: 'float', value: 2 },
      ]),
    ).toBe('float64')
    expect(
      resultType([
        { weak: 'bool', value: true },
        { weak: 'bool', value: true },
      ]),
    ).toBe('bool')
  })

  test('compares int64 with uint64 without a cast', () => {
    expect(resolve('less', [{ dtype: 'int64' }, { dtype: 'uint64' }]).loop).toEqual(['int64', 'uint64'])
  })
})
