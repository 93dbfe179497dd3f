// float16 against a reference that searches all its values, and against Float16Array where the runtime has one.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { halfBitsOf, halfTable, numberOfHalf } from '../../../src/core/half.js'

/** IEEE 754 binary16 by its definition, in exact arithmetic. */
function reference(bits: number): number {
  const [sign, exponent, mantissa] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return mantissa ? Number.NaN : sign * Infinity
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15)
}

const finite = Array.from({ length: 0x7c00 }, (_, bits) => reference(bits))

/** The nearest, by searching; a tie goes to the even mantissa. 65,536 stands for infinity in the comparison. */
function nearest(value: number): number {
  const size = Math.abs(value)
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  let low = 0
  let high = finite.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((finite[middle] as number) <= size) low = middle
    else high = middle
  }
  const below = size - (finite[low] as number)
  const above = (finite[low + 1] ?? 65536) - size
  return sign | (below < above || (below === above && low % 2 === 0) ? low : low + 1)
}

const float64 = fc.double({ noNaN: true })
const nearHalf = fc
  .tuple(
    fc.integer({ min: 0, max: 0x7bff }),
    fc.constantFrom(0, 0.25, 0.5, 0.75, 0.5 - 2 ** -30, 0.5 + 2 ** -30),
    fc.boolean(),
  )
  .map(([bits, part, negative]) => {
    const low = reference(bits)
    const value = low + (reference(bits + 1) === Infinity ? 32 : reference(bits + 1) - low) * part
    return negative ? -value : value
  })

describe('float16', () => {
  it('decodes all 65,536 bit patterns', () => {
    for (let bits = 0; bits < 1 << 16; bits++) {
      if (!Object.is(numberOfHalf(bits), reference(bits))) throw new Error(`bits ${bits}: ${numberOfHalf(bits)}`)
    }
    expect(halfTable().length).toBe(65536)
  })

  it('encodes every value it decodes as the same bits', () => {
    for (let bits = 0; bits < 1 << 16; bits++) {
      const value = reference(bits)
      const expected = Number.isNaN(value) ? 0x7e00 : bits
      if (halfBitsOf(value) !== expected) throw new Error(`bits ${bits} became ${halfBitsOf(value)}`)
    }
  })

  it('rounds any float64 to the nearest, ties to even, in one step', () => {
    fc.assert(
      fc.property(fc.oneof(float64, nearHalf), (value) => halfBitsOf(value) === nearest(value)),
      { numRuns: 2000 },
    )
  })

  it('does not pass through float32: a hair above a tie rounds up', () => {
    const tie = 1 + 2 ** -11
    expect(halfBitsOf(tie)).toBe(0x3c00)
    expect(halfBitsOf(tie + 2 ** -40)).toBe(0x3c01)
    expect(halfBitsOf(Math.fround(tie + 2 ** -40))).toBe(0x3c00)
  })

  it('ends where it should: infinity from 65,520 on, 0 below half the smallest', () => {
    expect(halfBitsOf(65519.99)).toBe(0x7bff)
    expect(halfBitsOf(65520)).toBe(0x7c00)
    expect(halfBitsOf(-1e300)).toBe(0xfc00)
    expect(halfBitsOf(2 ** -25)).toBe(0)
    expect(halfBitsOf(2 ** -25 + 2 ** -60)).toBe(1)
    expect(halfBitsOf(-5e-324)).toBe(0x8000)
  })

  it.runIf(Reflect.has(globalThis, 'Float16Array'))('agrees with Float16Array', () => {
    fc.assert(
      fc.property(float64, (value) => {
        expect(numberOfHalf(halfBitsOf(value))).toBe(Float16Array.of(value)[0])
      }),
    )
  })
})
