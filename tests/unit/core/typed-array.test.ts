// The classes of the dtypes, with and without a native Float16Array.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DTYPE_NAMES, DTYPES } from '../../../src/core/dtype.js'
import {
  allocate,
  bytesOf,
  isTypedArray,
  naturalDType,
  overlaps,
  plainTypedArray,
  wrap,
} from '../../../src/core/typed-array.js'

describe('the typed array of a dtype', () => {
  it.each(DTYPE_NAMES)('of %s has the right bytes for its elements', (dtype) => {
    const data = allocate(dtype, 3)
    expect(data.byteLength).toBe(3 * DTYPES[dtype].itemsize)
    expect(data.length).toBe(3 * DTYPES[dtype].width)
    expect(wrap(data.buffer, dtype).constructor).toBe(data.constructor)
  })

  it('wraps memory at an offset, counting complex numbers as one element', () => {
    const buffer = new ArrayBuffer(64)
    const data = wrap(buffer, 'complex64', 16, 2)
    expect(data).toBeInstanceOf(Float32Array)
    expect([data.buffer === buffer, data.byteOffset, data.length]).toEqual([true, 16, 4])
    expect(wrap(buffer, 'int16', 60).length).toBe(2)
  })

  it('refuses memory that is too short, or no whole elements', () => {
    expect(() => wrap(new ArrayBuffer(8), 'float64', 0, 2)).toThrow(RangeError)
    expect(() => wrap(new ArrayBuffer(12), 'complex64')).toThrow(RangeError)
  })
})

describe('the dtype of a typed array', () => {
  it('follows from its class', () => {
    const given = [new Uint8Array(1), new Uint8ClampedArray(1), new BigUint64Array(1), new Float32Array(1)]
    expect(given.map(naturalDType)).toEqual(['uint8', 'uint8', 'uint64', 'float32'])
  })

  it('is known for subclasses too, which are seen as what they are', () => {
    const buffer = Buffer.from([1, 2, 3])
    const plain = plainTypedArray(buffer)
    expect(naturalDType(buffer)).toBe('uint8')
    expect(plain.constructor).toBe(Uint8Array)
    expect([plain.buffer === buffer.buffer, plain.byteOffset]).toEqual([true, buffer.byteOffset])
    const clamped = plainTypedArray(new Uint8ClampedArray(2))
    expect(clamped.constructor).toBe(Uint8Array)
  })

  it('leaves a plain one as it is', () => {
    const data = new Float64Array(2)
    expect(plainTypedArray(data)).toBe(data)
  })

  it('is asked of typed arrays only', () => {
    expect(
      [new Int8Array(1), new DataView(new ArrayBuffer(1)), new ArrayBuffer(1), [1], null].map(isTypedArray),
    ).toEqual([true, false, false, false, false])
  })
})

describe('memory', () => {
  it('is seen as bytes without a copy', () => {
    const data = new Uint16Array([1, 2, 3]).subarray(1)
    const bytes = bytesOf(data)
    bytes[0] = 9
    expect([data[0], bytes.length]).toEqual([9, 4])
  })

  it('overlaps where a byte is shared, not where arrays only touch', () => {
    const whole = new Uint8Array(8)
    expect(overlaps(whole.subarray(0, 5), whole.subarray(4))).toBe(true)
    expect(overlaps(whole.subarray(0, 4), whole.subarray(4))).toBe(false)
    expect(overlaps(whole.subarray(4), whole.subarray(0, 4))).toBe(false)
    expect(overlaps(whole, new Uint8Array(8))).toBe(false)
  })
})

describe('float16 data', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  async function loadWith(float16Array: unknown) {
    vi.stubGlobal('Float16Array', float16Array)
    vi.resetModules()
    const { NDArray } = await import('../../../src/core/ndarray.js')
    return { NDArray, ...(await import('../../../src/core/typed-array.js')) }
  }

  it('are bits in a Uint16Array without a native class', async () => {
    const loaded = await loadWith(undefined)
    expect(loaded.allocate('float16', 1)).toBeInstanceOf(Uint16Array)
    const array = loaded.NDArray.from([1.5, -2], { dtype: 'float16' })
    expect([...new Uint16Array(array.data.buffer)]).toEqual([0x3e00, 0xc000])
    expect(array.toNested()).toEqual([1.5, -2])
  })

  it('are in the native class where there is one, with the same bytes', async () => {
    class Float16Array extends Int16Array {} // of the right element size, and no Uint16Array
    const { NDArray } = await loadWith(Float16Array)
    const array = NDArray.from([1.5, -2], { dtype: 'float16' })
    expect(array.data).toBeInstanceOf(Float16Array)
    expect([...new Uint16Array(array.data.buffer)]).toEqual([0x3e00, 0xc000])
    expect(array.toNested()).toEqual([1.5, -2])
    expect(array.astype('float64').toNested()).toEqual([1.5, -2])
    expect(NDArray.from([0.5]).astype('float16').data).toBeInstanceOf(Float16Array)
    const reread = NDArray.from(Uint16Array.of(0x3e00), { dtype: 'float16' })
    expect([reread.data instanceof Float16Array, reread.item(0)]).toEqual([true, 1.5])
    array.set([0], 0.25)
    array.set([null], Uint16Array.of(0x3400, 0x3e00))
    expect(array.toNested()).toEqual([0.25, 1.5])
  })
})
