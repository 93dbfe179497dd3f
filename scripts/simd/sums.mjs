// NumPy's pairwise sums: the recursion of src/core/numpy/reduce/pairwise.ts, its eight accumulators as vectors.

import { bytesOfLanes } from './elementwise.mjs'
import { get, op, set } from './kernel.mjs'

/** Numbers that are not split, and accumulators of those. */
const LEAF = 128
const ACCUMULATORS = 8

/** @type {(name: string, bytes: number) => string} */
const advance = (name, bytes) => set(name, op('i32.add', get(name), `(i32.const ${bytes})`))

/** @type {(bits: number, lanes: number[], a: string, b: string) => string} */
const shuffle = (bits, lanes, a, b) => op(`i8x16.shuffle ${bytesOfLanes(bits, lanes)}`, a, b)

/** Neighbours are added until one vector is left, and then its lanes. @type {(bits: number) => string} */
function joined(bits) {
  const shape = `f${bits}x${128 / bits}`
  const lanes = Array.from({ length: 128 / bits }, (_, lane) => 2 * lane)
  const neighbours = (/** @type {string} */ a, /** @type {string} */ b) =>
    op(
      `${shape}.add`,
      shuffle(bits, lanes, a, b),
      shuffle(
        bits,
        lanes.map((lane) => lane + 1),
        a,
        b,
      ),
    )
  const statements = []
  for (let vectors = ACCUMULATORS / lanes.length; vectors > 1; vectors /= 2) {
    for (let i = 0; i < vectors / 2; i++) {
      statements.push(set(`r${i}`, neighbours(get(`r${2 * i}`), get(`r${2 * i + 1}`))))
    }
  }
  const lane = (/** @type {number} */ i) => op(`${shape}.extract_lane ${i}`, get('r0'))
  const pair = (/** @type {number} */ i) => op(`f${bits}.add`, lane(i), lane(i + 1))
  return [...statements, set('sum', bits === 64 ? pair(0) : op('f32.add', pair(0), pair(2)))].join('\n')
}

/** @type {(bits: number) => string} */
function realSum(bits) {
  const size = bits / 8
  const type = `f${bits}`
  const vectors = Array.from({ length: ACCUMULATORS / (128 / bits) }, (_, i) => i)
  const name = `$sum${bits}`
  const loaded = (/** @type {number} */ i) => `(v128.load offset=${16 * i} ${get('at')})`
  const bytes = (/** @type {string} */ count) => op('i32.shl', count, `(i32.const ${Math.log2(size)})`)
  return `(func ${name} (export "sum${bits}") (param $at i32) (param $n i32) (result ${type})
    (local $left i32) (local $end i32) (local $sum ${type}) ${vectors.map((i) => `(local $r${i} v128)`).join(' ')}
    (if (i32.gt_u ${get('n')} (i32.const ${LEAF})) (then
      ${set('left', `(i32.and (i32.shr_u ${get('n')} (i32.const 1)) (i32.const -8))`)}
      (return (${type}.add
        (call ${name} ${get('at')} ${get('left')})
        (call ${name} (i32.add ${get('at')} ${bytes(get('left'))}) (i32.sub ${get('n')} ${get('left')}))))))
    ${set('sum', `(${type}.const -0)`)}
    (if (i32.ge_u ${get('n')} (i32.const ${ACCUMULATORS})) (then
      ${set('end', `(i32.add ${get('at')} ${bytes(`(i32.and ${get('n')} (i32.const -8))`)})`)}
      ${vectors.map((i) => set(`r${i}`, loaded(i))).join('\n')}
      (block $done (loop $next
        ${advance('at', ACCUMULATORS * size)}
        (br_if $done (i32.ge_u ${get('at')} ${get('end')}))
        ${vectors.map((i) => set(`r${i}`, op(`f${bits}x${128 / bits}.add`, get(`r${i}`), loaded(i)))).join('\n')}
        (br $next)))
      ${joined(bits)}))
    ${set('end', `(i32.add ${get('at')} ${bytes(`(i32.and ${get('n')} (i32.const 7))`)})`)}
    (block $done (loop $next
      (br_if $done (i32.ge_u ${get('at')} ${get('end')}))
      ${set('sum', `(${type}.add ${get('sum')} (${type}.load ${get('at')}))`)}
      ${advance('at', size)}
      (br $next)))
    ${get('sum')})`
}

export function sums() {
  return [realSum(32), realSum(64)].join('\n')
}
