// Totals of integers and counts of what is not 0, of whole groups of vectors from $at to before $end, left as an integer of 64 bits;
// sums of rows.
import { FLOATS, INTEGERS, NUMBERS } from './dtypes.mjs'
import { less } from './elementwise.mjs'
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

/**
 * A group of vectors with the extremes among all elements from $at to before $end, a group or more: of the last group some may be
 * taken twice. NaN wins. @type {(name: 'min' | 'max', lanes: Lanes) => string}
 */
function extreme(name, lanes) {
  const { dtype, shape, bits, sign } = lanes
  const [kept, isFloat] = [Array.from({ length: FOLDED }, (_, i) => `k${i}`), sign === '']
  const better = (/** @type {string} */ of) => {
    if (isFloat) return op(`${shape}.p${name}`, get('x'), get(of))
    if (bits < 64) return op(`${shape}.${name}${sign}`, get('x'), get(of))
    return op(
      'v128.bitselect',
      get('x'),
      get(of),
      name === 'min' ? less(lanes, get('x'), get(of)) : less(lanes, get(of), get('x')),
    )
  }
  const steps = kept.map((of, i) => {
    const nan = `n${i}` // of each its own: one for all would be waited for
    const noted = isFloat ? set(nan, op('v128.or', get(nan), op(`${shape}.ne`, get('x'), get('x')))) : ''
    return [set('x', load('at', 16 * i)), noted, set(of, better(of))].join('\n')
  })
  const results = kept.map((of, i) => (isFloat ? op('v128.or', get(of), get(`n${i}`)) : get(of)))
  const locals = [...kept, ...(isFloat ? kept.map((_, i) => `n${i}`) : [])]
  return `(func (export "${name}_${dtype}") (param $at i32) (param $end i32) (param $to i32)
    (local $last i32) (local $x v128) ${locals.map((name) => `(local $${name} v128)`).join(' ')}
    ${kept.map((of, i) => set(of, load('at', 16 * i))).join('\n')}
    (loop $next
      ${steps.join('\n')}
      (if (i32.lt_u (local.tee $at (i32.add ${get('at')} (i32.const ${16 * FOLDED}))) ${get('end')}) (then
        (if (i32.gt_u ${get('at')} (local.tee $last (i32.sub ${get('end')} (i32.const ${16 * FOLDED})))) (then ${set('at', get('last'))}))
        (br $next))))
    ${results.map((result, i) => `(v128.store offset=${16 * i} ${get('to')} ${result})`).join('\n')})`
}

/**
 * Adds to $units groups of vectors at $sums those of $rows rows, one or more, from $at on, $pitch bytes apart; the sums of a group stay in
 * registers. @type {(lanes: Lanes) => string}
 */
function rows({ dtype, shape }) {
  const sums = Array.from({ length: FOLDED }, (_, i) => `s${i}`)
  const advance = (/** @type {string} */ name, /** @type {string} */ bytes) =>
    set(name, op('i32.add', get(name), bytes))
  const repeat = (/** @type {string} */ label, /** @type {string} */ count) =>
    `(br_if $${label} (local.tee $${count} (i32.sub ${get(count)} (i32.const 1))))`
  return `(func (export "rows_${dtype}") (param $sums i32) (param $units i32) (param $at i32) (param $rows i32) (param $pitch i32)
    (local $row i32) (local $left i32) ${sums.map((sum) => `(local $${sum} v128)`).join(' ')}
    (loop $unit
      ${sums.map((sum, i) => set(sum, load('sums', 16 * i))).join('\n')}
      ${set('row', get('at'))} ${set('left', get('rows'))}
      (loop $next
        ${sums.map((sum, i) => set(sum, op(`${shape}.add`, get(sum), load('row', 16 * i)))).join('\n')}
        ${advance('row', get('pitch'))}
        ${repeat('next', 'left')})
      ${sums.map((sum, i) => `(v128.store offset=${16 * i} ${get('sums')} ${get(sum)})`).join('\n')}
      ${advance('sums', `(i32.const ${16 * FOLDED})`)} ${advance('at', `(i32.const ${16 * FOLDED})`)}
      ${repeat('unit', 'units')}))`
}

export function folds() {
  const signed = INTEGERS.filter(({ sign }) => sign === '_s')
  return [
    ...INTEGERS.filter(({ dtype }) => dtype !== 'uint64').map(total),
    ...[...signed, ...FLOATS].map(({ dtype, shape }) => count(dtype, shape)),
    ...FLOATS.map(rows),
    ...NUMBERS.flatMap((lanes) => [extreme('min', lanes), extreme('max', lanes)]),
  ].join('\n')
}
