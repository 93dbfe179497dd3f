// Casts: the rules and the values NumPy was recorded with, and single rounding against exact arithmetic.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { castInto, castTyped } from '../../../src/core/cast.js'
import { type Casting, canCast, checkCast } from '../../../src/core/casting.js'
import { DTYPE_NAMES, DTYPES, type DType, type TypedArray } from '../../../src/core/dtype.js'
import { DTypeError } from '../../../src/core/errors.js'
import { allocate, bytesOf, wrap } from '../../../src/core/typed-array.js'
import recorded from './numpy-casts.json' with { type: 'json' }

const fromHex = (hex: string, dtype: DType) => wrap(Uint8Array.from(Buffer.from(hex, 'hex')).buffer, dtype)
const toHex = (data: TypedArray) => Buffer.from(bytesOf(data)).toString('hex')

function values(data: TypedArray, dtype: DType): (number | bigint)[] {
  const wide = dtype === 'float16' ? castTyped(data, 'float16', 'float64') : data
  return Array.from(wide as ArrayLike<number | bigint>)
}

describe('casting rules', () => {
  const pairs = DTYPE_NAMES.flatMap((from) => DTYPE_NAMES.map((to) => [from, to] as const))
  const allowed = (rule: Casting) => pairs.filter(([from, to]) => canCast(from, to, rule)).map(String)

  it.each(['safe', 'same_kind'] as const)('allow by %s what NumPy allows', (rule) => {
    const table: Partial<Record<string, readonly string[]>> = recorded[rule]
    expect(allowed(rule)).toEqual(pairs.filter(([from, to]) => table[from]?.includes(to)).map(String))
  })

  it('allow only the same dtype by no and equiv, and everything by unsafe', () => {
    expect(allowed('no')).toEqual(DTYPE_NAMES.map((dtype) => `${dtype},${dtype}`))
    expect(allowed('equiv')).toEqual(allowed('no'))
    expect(allowed('unsafe').length).toBe(pairs.length)
  })

  it('refuse in NumPy’s words', () => {
    expect(() => checkCast('float64', 'int32', 'same_kind')).toThrow(
      new DTypeError(
        `Cannot cast array data from dtype('float64') to dtype('int32') according to the rule 'same_kind'`,
      ),
    )
    expect(() => canCast('bool', 'bool', 'loose' as Casting)).toThrow(/casting must be one of .* \(got 'loose'\)/)
  })
})

describe('astype', () => {
  it.each(recorded.astype as [DType, string, DType, string][])(
    'casts %s %s to %s as NumPy did',
    (from, hex, to, expected) => {
      expect(values(castTyped(fromHex(hex, from), from, to), to)).toEqual(values(fromHex(expected, to), to))
    },
  )

  it('gives fresh memory, also for the same dtype', () => {
    for (const dtype of DTYPE_NAMES) {
      const data = allocate(dtype, 2)
      const copy = castTyped(data, dtype, dtype)
      expect(copy.buffer).not.toBe(data.buffer)
      expect(copy.constructor).toBe(data.constructor)
    }
  })

  it('casts small whole numbers between all dtypes, over several tiles', () => {
    const size = 5000
    const numbers = Float64Array.from({ length: size }, (_, i) => i % 100)
    for (const from of DTYPE_NAMES) {
      const source = castTyped(numbers, 'float64', from)
      const known = castTyped(source, from, 'float64')
      for (const to of DTYPE_NAMES) {
        const back = castTyped(castTyped(source, from, to), to, 'float64')
        const expected = to === 'bool' ? known.map((value) => Number(value !== 0)) : known
        if (toHex(back) !== toHex(expected)) throw new Error(`${from} to ${to}`)
      }
    }
  })

  it('writes into a part of a larger array', () => {
    const target = new Float32Array(6)
    castInto(target.subarray(2, 4), 'float32', BigInt64Array.of(7n, 8n), 'int64')
    expect([...target]).toEqual([0, 0, 7, 8, 0, 0])
  })
})

/** In exact arithmetic: 24 bits, ties to even. */
function nearestFloat32(value: bigint): number {
  const size = value < 0n ? -value : value
  const drop = BigInt(Math.max(0, size.toString(2).length - 24))
  const [kept, rest, half] = [size >> drop, size & ((1n << drop) - 1n), (1n << drop) >> 1n]
  const roundsUp = drop > 0n && (rest > half || (rest === half && kept % 2n === 1n))
  return (value < 0n ? -1 : 1) * Number((roundsUp ? kept + 1n : kept) << drop)
}

describe('64-bit integers', () => {
  const int64 = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc
      .tuple(fc.bigInt({ min: 0n, max: 62n }), fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: 0n, max: 38n }))
      .map(([power, near, tie]) => BigInt.asIntN(64, 2n ** power + 2n ** tie + near)),
  )

  it('are rounded once on the way to float32', () => {
    const value = 2n ** 60n + 2n ** 36n + 1n
    expect(castTyped(BigInt64Array.of(value, -value), 'int64', 'float32')).toEqual(
      Float32Array.of(2 ** 60 + 2 ** 37, -(2 ** 60) - 2 ** 37),
    )
    fc.assert(
      fc.property(int64, (v) => {
        expect(castTyped(BigInt64Array.of(v), 'int64', 'float32')[0]).toBe(nearestFloat32(v))
        expect(castTyped(BigInt64Array.of(v), 'int64', 'complex64')[0]).toBe(nearestFloat32(v))
        const unsigned = BigInt.asUintN(64, v)
        expect(castTyped(BigUint64Array.of(unsigned), 'uint64', 'float32')[0]).toBe(nearestFloat32(unsigned))
      }),
      { numRuns: 2000 },
    )
  })

  it('become float64 as Number() makes them', () => {
    fc.assert(
      fc.property(int64, (v) => {
        expect(castTyped(BigInt64Array.of(v), 'int64', 'float64')[0]).toBe(Number(v))
        const unsigned = BigInt.asUintN(64, v)
        expect(castTyped(BigUint64Array.of(unsigned), 'uint64', 'float64')[0]).toBe(Number(unsigned))
      }),
    )
  })

  it('wrap into every integer dtype', () => {
    fc.assert(
      fc.property(int64, (v) => {
        for (const to of DTYPE_NAMES.filter((dtype) => ['int', 'uint'].includes(DTYPES[dtype].kind))) {
          const bits = 8 * DTYPES[to].itemsize
          const expected = DTYPES[to].kind === 'int' ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v)
          expect(BigInt(castTyped(BigInt64Array.of(v), 'int64', to)[0] ?? -1)).toBe(expected)
        }
      }),
    )
  })

  it('come from float64 truncated', () => {
    fc.assert(
      fc.property(fc.double({ min: -(2 ** 63), max: 2 ** 63, maxExcluded: true, noNaN: true }), (v) => {
        expect(castTyped(Float64Array.of(v), 'float64', 'int64')[0]).toBe(BigInt(Math.trunc(v)))
        const size = Math.abs(v)
        expect(castTyped(Float64Array.of(size), 'float64', 'uint64')[0]).toBe(BigInt(Math.trunc(size)))
      }),
    )
  })
})

describe('bool and complex', () => {
  it('bool is what differs from 0, NaN included', () => {
    expect(castTyped(Float64Array.of(0, -0, 0.1, Number.NaN, -1), 'float64', 'bool')).toEqual(
      Uint8Array.of(0, 0, 1, 1, 1),
    )
    expect(castTyped(BigInt64Array.of(0n, 2n ** 32n, -1n), 'int64', 'bool')).toEqual(Uint8Array.of(0, 1, 1))
    expect(castTyped(Int8Array.of(0, -128), 'int8', 'bool')).toEqual(Uint8Array.of(0, 1))
  })

  it('bool looks at both parts of a complex number', () => {
    const data = Float32Array.of(0, 0, 0, 1, 1, 0, 0, Number.NaN)
    expect(castTyped(data, 'complex64', 'bool')).toEqual(Uint8Array.of(0, 1, 1, 1))
  })

  it('real takes the real part, and complex gets none', () => {
    expect(castTyped(Float64Array.of(1.5, 9, -2, 9), 'complex128', 'int16')).toEqual(Int16Array.of(1, -2))
    expect(castTyped(Int16Array.of(3, -4), 'int16', 'complex128')).toEqual(Float64Array.of(3, 0, -4, 0))
    expect(castTyped(Float64Array.of(0.1, 0.2), 'complex128', 'complex64')).toEqual(Float32Array.of(0.1, 0.2))
  })
})
