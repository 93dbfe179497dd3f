// Totals of integers and counts of what is not 0, of whole groups of vectors from $at to before $end; left as an integer of 64 bits.
import { FLOATS, INTEGERS } from './dtypes.mjs'
import { get, load, op, set, splat } from './kernel.mjs'
import { RESULT } from './layout.mjs'

/** @typedef {import('./dtypes.mjs').Lanes} Lanes */

/** Vectors taken at a turn. */
export const FOLDED = 4

/** @type {(name: string, locals: string, step: (vector: string) => string, finish: string) => string} */
function fold(name, locals, step, finish) {
  const steps = Array.from({ length: FOLDED }, (_, i) => step(load('at', 16 * i)))
  return `(func (export "${name}") (param $at i32) (param $end i32) ${locals}
    (loop $next
      ${steps.join('\n')}
      (br_if $next (i32.lt_u (local.tee $at (i32.add ${get('at')} (i32.const ${16 * FOLDED}))) ${get('end')})))
    ${finish})`
}

const leave = (/** @type {string} */ value) => `(i64.store (i32.const ${RESULT}) ${value})`

/** The sum modulo 2^64; of 16 bits no more than 2^16 elements, for they are added up in 32 bits. @type {(lanes: Lanes) => string} */
function total({ dtype, bits, sign }) {
  const isNarrow = bits < 32
  const step = (/** @type {string} */ vector) => {
    if (bits === 64) return set('sum', op('i64x2.add', get('sum'), vector))
    if (bits === 32) {
      const halves = ['low', 'high'].map((half) => op(`i64x2.extend_${half}_i32x4${sign}`, get('x')))
      return [set('x', vector), ...halves.map((half) => set('sum', op('i64x2.add', get('sum'), half)))].join('\n')
    }
    const pairs = bits === 8 ? op(`i16x8.extadd_pairwise_i8x16${sign}`, vector) : vector
    return set('sum', op('i32x4.add', get('sum'), op(`i32x4.extadd_pairwise_i16x8${sign}`, pairs)))
  }
  const widened = ['low', 'high'].map((half) => op(`i64x2.extend_${half}_i32x4${sign}`, get('sum')))
  const lanes = [0, 1].map((lane) => op(`i64x2.extract_lane ${lane}`, get('sum')))
  const finish = [isNarrow ? set('sum', op('i64x2.add', ...widened)) : '', leave(op('i64.add', ...lanes))]
  return fold(`total_${dtype}`, '(local $x v128) (local $sum v128)', step, finish.join('\n'))
}

/** @type {(name: string, shape: string) => string} */
function count(name, shape) {
  const step = (/** @type {string} */ vector) => {
    const bits = op(`i${shape.slice(1)}.bitmask`, op(`${shape}.ne`, vector, splat(8, '0')))
    return set('count', op('i32.add', get('count'), op('i32.popcnt', bits)))
  }
  return fold(`count_${name}`, '(local $count i32)', step, leave(op('i64.extend_i32_u', get('count'))))
}

export function folds() {
  const signed = INTEGERS.filter(({ sign }) => sign === '_s')
  return [
    ...INTEGERS.filter(({ dtype }) => dtype !== 'uint64').map(total),
    ...[...signed, ...FLOATS].map(({ dtype, shape }) => count(dtype, shape)),
  ].join('\n')
}
