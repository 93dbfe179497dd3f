// Rows that become columns, of elements of 32 and of 64 bits: square after square of vectors.
import { bytesOfLanes, get, op, set, VECTOR } from './kernel.mjs'

/** @type {(bits: number, lanes: number[], a: string, b: string) => string} */
const pick = (bits, lanes, a, b) => op(`i8x16.shuffle ${bytesOfLanes(bits, lanes)}`, get(a), get(b))

/** Of a square of two rows, $v0 and $v1. */
const COLUMNS_64 = { before: '', columns: [pick(64, [0, 2], 'v0', 'v1'), pick(64, [1, 3], 'v0', 'v1')] }

/** Of a square of four: pairs of rows are interleaved, and then pairs of these. */
const COLUMNS_32 = {
  before: [
    set('x', pick(32, [0, 4, 1, 5], 'v0', 'v1')),
    set('v0', pick(32, [2, 6, 3, 7], 'v0', 'v1')),
    set('y', pick(32, [0, 4, 1, 5], 'v2', 'v3')),
    set('v1', pick(32, [2, 6, 3, 7], 'v2', 'v3')),
  ].join('\n'),
  columns: [
    pick(64, [0, 2], 'x', 'y'),
    pick(64, [1, 3], 'x', 'y'),
    pick(64, [0, 2], 'v0', 'v1'),
    pick(64, [1, 3], 'v0', 'v1'),
  ],
}

/**
 * Element $column of row $row, which begins $pitch bytes after the row before it, goes to place $row of column $column, $step bytes after the
 * column before it. There are whole squares of them, one or more. @type {(bits: number, square: typeof COLUMNS_64) => string}
 */
function columns(bits, { before, columns }) {
  const side = columns.length
  const advance = (/** @type {string} */ name, /** @type {string} */ bytes) =>
    set(name, op('i32.add', get(name), bytes))
  const along = (/** @type {string} */ name, /** @type {number} */ times, /** @type {string} */ step) =>
    times === 0 ? get(name) : op('i32.add', get(name), op('i32.mul', get(step), `(i32.const ${times})`))
  const repeat = (/** @type {string} */ label, /** @type {string} */ count) =>
    `(br_if $${label} (local.tee $${count} (i32.sub ${get(count)} (i32.const ${side}))))`
  return `(func (export "columns_${bits}") (param $from i32) (param $pitch i32) (param $rows i32) (param $columns i32)
      (param $to i32) (param $step i32) (local $at i32) (local $out i32) (local $left i32)
      (local $x v128) (local $y v128) ${columns.map((_, i) => `(local $v${i} v128)`).join(' ')}
    (loop $column
      ${set('at', get('from'))} ${set('out', get('to'))} ${set('left', get('rows'))}
      (loop $row
        ${columns.map((_, i) => set(`v${i}`, op('v128.load', along('at', i, 'pitch')))).join('\n')}
        ${before}
        ${columns.map((column, i) => op('v128.store', along('out', i, 'step'), column)).join('\n')}
        ${set('at', along('at', side, 'pitch'))} ${advance('out', `(i32.const ${VECTOR})`)}
        ${repeat('row', 'left')})
      ${advance('from', `(i32.const ${VECTOR})`)} ${set('to', along('to', side, 'step'))}
      ${repeat('column', 'columns')}))`
}

export function columnCopies() {
  return [columns(32, COLUMNS_32), columns(64, COLUMNS_64)].join('\n')
}
