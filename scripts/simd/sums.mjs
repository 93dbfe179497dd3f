// NumPy's pairwise sums: the recursion of src/core/numpy/reduce/pairwise.ts, its eight accumulators as vectors.
import { bytesOfLanes, get, op, set, splat } from './kernel.mjs'
import { RESULT } from './layout.mjs'

/** Numbers that are not split, and accumulators of those. */
const LEAF = 128
const ACCUMULATORS = 8

/** @type {(bits: number, lanes: number[], a: string, b: string) => string} */
const shuffle = (bits, lanes, a, b) => op(`i8x16.shuffle ${bytesOfLanes(bits, lanes)}`, a, b)

/**
 * How a sum is kept: as one number, or as a vector of real and imaginary part.
 * @typedef {object} Sum
 * @property {string} type
 * @property {string} zero -0
 * @property {string} add
 * @property {string[]} joining what makes $sum of the accumulators $r0, $r1 …
 * @property {string} load one element
 * @property {number} size of an element in bytes
 */

/** Neighbours are added until one vector is left, and then its lanes. @type {(bits: number) => Sum} */
function real(bits) {
  const shape = `f${bits}x${128 / bits}`
  const even = Array.from({ length: 128 / bits }, (_, lane) => 2 * lane)
  const odd = even.map((lane) => lane + 1)
  const joining = []
  for (let vectors = ACCUMULATORS / even.length; vectors > 1; vectors /= 2) {
    for (let i = 0; i < vectors / 2; i++) {
      const [a, b] = [get(`r${2 * i}`), get(`r${2 * i + 1}`)]
      joining.push(set(`r${i}`, op(`${shape}.add`, shuffle(bits, even, a, b), shuffle(bits, odd, a, b))))
    }
  }
  const lane = (/** @type {number} */ i) => op(`${shape}.extract_lane ${i}`, get('r0'))
  const pair = (/** @type {number} */ i) => op(`f${bits}.add`, lane(i), lane(i + 1))
  joining.push(set('sum', bits === 64 ? pair(0) : op('f32.add', pair(0), pair(2))))
  const type = `f${bits}`
  return { type, zero: `(${type}.const -0)`, add: `${type}.add`, joining, load: `${type}.load`, size: bits / 8 }
}

/** Of complex64 the upper half of the vector is of no account. @type {(bits: number) => Sum} */
function complex(bits) {
  const add = `f${bits}x${128 / bits}.add`
  const halves =
    bits === 32
      ? ['r0', 'r1'].map((r) => op(add, get(r), shuffle(64, [1, 0], get(r), get(r))))
      : [op(add, get('r0'), get('r1')), op(add, get('r2'), get('r3'))]
  const load = bits === 32 ? 'v128.load64_zero' : 'v128.load'
  const minusZero = splat(bits, bits === 32 ? '0x80000000' : '0x8000000000000000')
  return { type: 'v128', zero: minusZero, add, joining: [set('sum', op(add, ...halves))], load, size: bits / 4 }
}

/** Accumulators that are at work at once: additions wait for each other in each, and there are registers for so many. */
const AT_ONCE = 8

/**
 * Where $n numbers are leaves of one length, as many as have accumulators: returns their sum, all leaves summed at once.
 * @type {(bits: number, sum: Sum) => { locals: string, code: string }}
 */
function leavesAtOnce(bits, { type, add, joining }) {
  const vectors = ACCUMULATORS / (128 / bits)
  const leaves = Array.from({ length: AT_ONCE / vectors }, (_, leaf) => leaf)
  const each = Array.from({ length: vectors }, (_, i) => i)
  const loaded = (/** @type {number} */ leaf, /** @type {number} */ i) =>
    `(v128.load offset=${16 * i} ${get(`at${leaf}`)})`
  const count = leaves.length
  const advance = leaves.map((leaf) =>
    set(`at${leaf}`, op('i32.add', get(`at${leaf}`), `(i32.const ${ACCUMULATORS * (bits / 8)})`)),
  )
  const bytes = op('i32.shl', get('n'), `(i32.const ${Math.log2(bits / 8 / count)})`)
  const joined = leaves.map((leaf) =>
    [...each.map((i) => set(`r${i}`, get(`l${leaf}_${i}`))), ...joining, set(`sum${leaf}`, get('sum'))].join('\n'),
  )
  /** @type {(first: number, past: number) => string} */
  const total = (first, past) =>
    past - first === 1 ? get(`sum${first}`) : op(add, total(first, (first + past) / 2), total((first + past) / 2, past))
  const isSo = [
    `(i32.le_u ${get('n')} (i32.const ${count * LEAF}))`,
    `(i32.gt_u ${get('n')} (i32.const ${(count / 2) * LEAF}))`,
    `(i32.eqz (i32.and ${get('n')} (i32.const ${count * ACCUMULATORS - 1})))`,
  ].reduce((all, test) => op('i32.and', all, test))
  const code = `(if ${isSo} (then
      ${set('end', op('i32.add', get('at'), bytes))}
      ${set('at0', get('at'))}
      ${leaves
        .slice(1)
        .map((leaf) => set(`at${leaf}`, op('i32.add', get(`at${leaf - 1}`), bytes)))
        .join('\n')}
      ${leaves.flatMap((leaf) => each.map((i) => set(`l${leaf}_${i}`, loaded(leaf, i)))).join('\n')}
      (block $summed (loop $eight
        ${advance.join('\n')}
        (br_if $summed (i32.ge_u ${get('at0')} ${get('end')}))
        ${leaves.flatMap((leaf) => each.map((i) => set(`l${leaf}_${i}`, op(`f${bits}x${128 / bits}.add`, get(`l${leaf}_${i}`), loaded(leaf, i))))).join('\n')}
        (br $eight)))
      ${joined.join('\n')}
      (return ${total(0, count)})))`
  const locals = leaves.map(
    (leaf) =>
      `(local $at${leaf} i32) (local $sum${leaf} ${type}) ${each.map((i) => `(local $l${leaf}_${i} v128)`).join(' ')}`,
  )
  return { locals: locals.join(' '), code }
}

/** Sums $n numbers of `bits` bits, a complex element being two. @type {(name: string, bits: number, sum: Sum) => string} */
function pairwise(name, bits, sum) {
  const { type, zero, add, joining, load, size } = sum
  const atOnce = leavesAtOnce(bits, sum)
  const vectors = Array.from({ length: ACCUMULATORS / (128 / bits) }, (_, i) => i)
  const loaded = (/** @type {number} */ i) => `(v128.load offset=${16 * i} ${get('at')})`
  const past = (/** @type {string} */ count) =>
    op('i32.add', get('at'), op('i32.shl', count, `(i32.const ${Math.log2(bits / 8)})`))
  const advance = (/** @type {number} */ bytes) => set('at', op('i32.add', get('at'), `(i32.const ${bytes})`))
  const untilEnd = (/** @type {string[]} */ before, /** @type {string[]} */ after) =>
    `(block $done (loop $next ${before.join(' ')} (br_if $done (i32.ge_u ${get('at')} ${get('end')}))
      ${after.join('\n')} (br $next)))`
  return `(func $${name} (param $at i32) (param $n i32) (result ${type})
    (local $left i32) (local $end i32) (local $sum ${type}) ${vectors.map((i) => `(local $r${i} v128)`).join(' ')} ${atOnce.locals}
    (if (i32.gt_u ${get('n')} (i32.const ${LEAF})) (then
      ${atOnce.code}
      ${set('left', op('i32.and', op('i32.shr_u', get('n'), '(i32.const 1)'), '(i32.const -8)'))}
      (return (${add}
        (call $${name} ${get('at')} ${get('left')})
        (call $${name} ${past(get('left'))} (i32.sub ${get('n')} ${get('left')}))))))
    ${set('sum', zero)}
    (if (i32.ge_u ${get('n')} (i32.const ${ACCUMULATORS})) (then
      ${set('end', past(op('i32.and', get('n'), '(i32.const -8)')))}
      ${vectors.map((i) => set(`r${i}`, loaded(i))).join('\n')}
      ${untilEnd(
        [advance((ACCUMULATORS * bits) / 8)],
        vectors.map((i) => set(`r${i}`, op(`f${bits}x${128 / bits}.add`, get(`r${i}`), loaded(i)))),
      )}
      ${joining.join('\n')}))
    ${set('end', past(op('i32.and', get('n'), '(i32.const 7)')))}
    ${untilEnd([], [set('sum', op(add, get('sum'), op(load, get('at')))), advance(size)])}
    ${get('sum')})`
}

/** Real sums are given back, complex ones left as two float64. */
export function sums() {
  const widened = { complex64: 'f64x2.promote_low_f32x4 ', complex128: '' }
  const exported = Object.entries(widened).map(([name, widen]) => {
    const sum = `(call $${name} (local.get 0) (local.get 1))`
    return `(func (export "${name}") (param i32 i32)
      (v128.store (i32.const ${RESULT}) ${widen === '' ? sum : `(${widen}${sum})`}))`
  })
  return [
    pairwise('float32', 32, real(32)),
    pairwise('float64', 64, real(64)),
    pairwise('complex64', 32, complex(32)),
    pairwise('complex128', 64, complex(64)),
    '(export "float32" (func $float32)) (export "float64" (func $float64))',
    ...exported,
  ].join('\n')
}
