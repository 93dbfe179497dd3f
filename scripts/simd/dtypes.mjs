// How vectors see each dtype.

/**
 * @typedef {object} Lanes
 * @property {string} dtype
 * @property {string} shape as instructions name it
 * @property {number} bits of an element
 * @property {'' | '_s' | '_u'} sign as instructions that care name it
 */

/** @type {(dtype: string, shape: string, bits: number, sign: Lanes['sign']) => Lanes} */
const lanes = (dtype, shape, bits, sign) => ({ dtype, shape, bits, sign })

export const INTEGERS = [
  lanes('int8', 'i8x16', 8, '_s'),
  lanes('uint8', 'i8x16', 8, '_u'),
  lanes('int16', 'i16x8', 16, '_s'),
  lanes('uint16', 'i16x8', 16, '_u'),
  lanes('int32', 'i32x4', 32, '_s'),
  lanes('uint32', 'i32x4', 32, '_u'),
  lanes('int64', 'i64x2', 64, '_s'),
  lanes('uint64', 'i64x2', 64, '_u'),
]
export const FLOATS = [lanes('float32', 'f32x4', 32, ''), lanes('float64', 'f64x2', 64, '')]
export const NUMBERS = [...INTEGERS, ...FLOATS]
