// The element-wise kernels in SIMD give what those in JavaScript give, bit for bit.
import { describe, expect, test } from 'vitest'
import { castInto } from '../../../src/core/cast.js'
import { DTYPES, type DType, type TypedArray } from '../../../src/core/dtype.js'
import type { BinaryKernel, SelectKernel, UnaryKernel } from '../../../src/core/numpy/kernel-table.js'
import { KERNELS } from '../../../src/core/numpy/kernels/index.js'
import { allocate, bytesOf } from '../../../src/core/typed-array.js'
import { accelerator, difference, Room, sample } from '../../support/simd.js'

const SIZES = [...Array.from({ length: 71 }, (_, n) => n), 1000, 4099]
const COMPARISONS = ['equal', 'notEqual', 'less', 'lessEqual']
const TO_BOOL = [...COMPARISONS, 'isnan', 'isfinite', 'logicalNot']
/** NumPy leaves open which zero is the lesser. */
const UNSIGNED_ZEROS = ['minimum', 'maximum']

type Tables = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** [operator, dtype, JavaScript, SIMD] of every kernel that has another in front of it. */
function replaced<K>(plain: Tables, faster: Tables) {
  return Object.entries(faster).flatMap(([name, table]) =>
    Object.entries(table)
      .filter(([dtype, kernel]) => kernel !== plain[name]?.[dtype])
      .map(([dtype, kernel]) => [name, dtype as DType, plain[name]?.[dtype] as K, kernel as K] as const),
  )
}

function outOf(name: string, dtype: DType, n: number): TypedArray {
  return allocate(TO_BOOL.includes(name) ? 'bool' : dtype, n)
}

/** Writes past the result show in the bytes behind it. */
function checked(out: TypedArray, run: () => void): void {
  const behind = new Uint8Array(accelerator.buffer, out.byteOffset + out.byteLength, 256)
  behind.fill(0xa5)
  run()
  expect(behind.every((byte) => byte === 0xa5)).toBe(true)
}

const binaries = replaced<BinaryKernel>(KERNELS.binary, accelerator.kernels.binary)
const unaries = replaced<UnaryKernel>(KERNELS.unary, accelerator.kernels.unary)
const truths = replaced<UnaryKernel>({ truth: KERNELS.truth }, { truth: accelerator.kernels.truth })

const casts = Object.entries(accelerator.kernels.casts).flatMap(([from, table]) =>
  Object.entries(table)
    .filter(([to, kernel]) => kernel !== KERNELS.casts[from as DType]?.[to as DType])
    .map(([to, kernel]) => [from as DType, to as DType, kernel as UnaryKernel] as const),
)

/** What floats out of an integer's range become is unspecified. Negative ones wrap. */
function inRange(elements: TypedArray, from: DType, to: DType): TypedArray {
  const isTruncated = DTYPES[from].kind === 'float' && DTYPES[to].kind !== 'float'
  if (!isTruncated) return elements
  const end = DTYPES[to].itemsize === 8 ? 2 ** 63 : 2 ** 31
  return (elements as Float64Array).map((x) => (Number.isFinite(x) ? x % end : Number.NaN))
}

describe('SIMD kernels', () => {
  test('there are for the common operators in all common dtypes', () => {
    const numbers = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64']
    for (const name of ['add', 'subtract', 'multiply', 'minimum', 'maximum', ...COMPARISONS]) {
      const dtypes = binaries.filter(([operator]) => operator === name).map(([, dtype]) => dtype)
      expect(dtypes).toEqual(expect.arrayContaining(numbers))
    }
    expect(unaries.length).toBeGreaterThan(50)
  })

  test.each(binaries)('%s of %s', (name, dtype, plain, faster) => {
    const zeros = UNSIGNED_ZEROS.includes(name) ? 'unsigned' : 'signed'
    for (const n of SIZES) {
      for (const [s, t, shift] of [
        [1, 1, 0],
        [1, 0, 1],
        [0, 1, 3],
        [1, 1, 1],
      ] as const) {
        const room = new Room()
        const a = sample(dtype, s === 0 ? 1 : n, n + 1)
        const b = sample(dtype, t === 0 ? 1 : n, n + 2)
        const expected = outOf(name, dtype, n)
        plain(n, a, s, b, t, expected)
        const [x, y] = [s === 0 && n % 2 === 0 ? a : room.put(a, shift), room.put(b, shift)]
        const out = room.put(outOf(name, dtype, n), shift)
        checked(out, () => faster(n, x, s, y, t, out))
        expect(difference(out, expected, zeros)).toBeUndefined()
      }
    }
  })

  test.each(binaries.filter(([name, dtype]) => !COMPARISONS.includes(name) || dtype === 'bool'))(
    '%s of %s in place of either operand',
    (name, dtype, plain, faster) => {
      const zeros = UNSIGNED_ZEROS.includes(name) ? 'unsigned' : 'signed'
      for (const n of [33, 64, 1000]) {
        const [a, b] = [sample(dtype, n, 5), sample(dtype, n, 6)]
        const expected = outOf(name, dtype, n)
        plain(n, a, 1, b, 1, expected)
        for (const place of ['a', 'b']) {
          const room = new Room()
          const [x, y] = [room.put(a, 1), room.put(b)]
          const out = place === 'a' ? x : y
          checked(out, () => faster(n, x, 1, y, 1, out))
          expect(difference(out, expected, zeros)).toBeUndefined()
        }
      }
    },
  )

  test.each([...unaries, ...truths])('%s of %s', (name, dtype, plain, faster) => {
    const to = name === 'truth' ? 'isnan' : name
    for (const n of SIZES) {
      for (const shift of [0, 1]) {
        const a = sample(dtype, n, n + 3)
        const expected = outOf(to, dtype, n)
        plain(n, a, expected)
        const room = new Room()
        const [x, out] = [room.put(a, shift), room.put(outOf(to, dtype, n), shift)]
        checked(out, () => faster(n, x, out))
        expect(difference(out, expected, 'signed')).toBeUndefined()
      }
    }
  })

  test.each([1, 2, 4, 8, 16])('where of %s bytes', (size) => {
    const dtype = ({ 1: 'uint8', 2: 'uint16', 4: 'uint32', 8: 'uint32', 16: 'uint32' } as const)[size] ?? 'uint8'
    const width = size / DTYPES[dtype].itemsize
    const [plain, faster] = [KERNELS.select[size], accelerator.kernels.select[size]] as [SelectKernel, SelectKernel]
    expect(faster).not.toBe(plain)
    for (const n of SIZES) {
      for (const [r, s, t, shift] of [
        [1, 1, 1, 0],
        [1, 0, 1, 1],
        [1, 1, 0, 3],
        [0, 1, 1, 1],
        [1, 0, 0, 0],
      ] as const) {
        const condition = sample('bool', r === 0 ? 1 : n, n + 4)
        const x = sample(dtype, (s === 0 ? 1 : n) * width, n + 5)
        const y = sample(dtype, (t === 0 ? 1 : n) * width, n + 6)
        const expected = allocate(dtype, n * width)
        plain(n, condition, r, x, s, y, t, expected)
        const room = new Room()
        const out = room.put(allocate(dtype, n * width), shift)
        const there = [condition, x, y].map((operand) => room.put(operand, shift)) as [
          TypedArray,
          TypedArray,
          TypedArray,
        ]
        checked(out, () => faster(n, there[0], r, there[1], s, there[2], t, out))
        expect(difference(bytesOf(out), bytesOf(expected), 'signed')).toBeUndefined()
      }
    }
  })

  test.each(casts)('%s to %s', (from, to, faster) => {
    for (const n of SIZES) {
      const a = inRange(sample(from, n, n + 7), from, to)
      const expected = allocate(to, n)
      castInto(expected, to, a, from)
      const room = new Room()
      const [x, out] = [room.put(a, n % 4), room.put(allocate(to, n), n % 3)]
      checked(out, () => faster(n, x, out))
      expect(difference(out, expected, 'signed')).toBeUndefined()
    }
  })

  test('leave operands elsewhere to JavaScript', () => {
    const [a, b] = [sample('float32', 100, 1), sample('float32', 100, 2)]
    const [expected, out] = [new Float32Array(100), new Float32Array(100)]
    KERNELS.binary.add.float32?.(100, a, 1, b, 1, expected)
    accelerator.kernels.binary.add.float32?.(100, new Room().put(a), 1, b, 1, out)
    expect(difference(out, expected, 'signed')).toBeUndefined()
  })
})
