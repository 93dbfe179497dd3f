// The module's text: the kernels behind one function that brings any number of elements into whole units.
import { casts } from './casts.mjs'
import { columnCopies } from './columns.mjs'
import { elementwiseKernels } from './elementwise.mjs'
import { folds } from './folds.mjs'
import { get, op, set } from './kernel.mjs'
import { OUT_TAIL, SPLATS, TAILS, UNIT_BYTES } from './layout.mjs'
import { sums } from './sums.mjs'

const OPERANDS = ['a', 'b', 'c']
const KERNEL_TYPE = '(type $kernel (func (param i32 i32 i32 i32 i32 i32 i32 i32)))'

/** Fills a splat with one element of a size that is a power of two. */
function splat() {
  const sizes = [1, 2, 4, 8, 16]
  const loads = sizes.map((size) => `v128.load${size === 16 ? '' : `${8 * size}_splat`}`)
  const cases = loads.map((load, i) => `${set('value', op(load, get('from')))} (br $found)) ;; ${sizes[i]}`)
  return `(func $splat (param $to i32) (param $from i32) (param $size i32) (local $value v128) (local $end i32)
    (block $found ${sizes
      .map((size) => `(block $of${size}`)
      .reverse()
      .join(' ')}
      (br_table ${sizes.map((size) => `$of${size}`).join(' ')} (i32.ctz ${get('size')})))
      ${cases.join('\n')}
    ${set('end', `(i32.add ${get('to')} (i32.const ${UNIT_BYTES}))`)}
    (loop $next
      (v128.store ${get('to')} ${get('value')})
      (br_if $next (i32.lt_u (local.tee $to (i32.add ${get('to')} (i32.const 16))) ${get('end')}))))`
}

/**
 * Calls kernel number $kernel for $n elements, 2^$shift a unit. The sizes are of elements, 0 for operands it does not take; a
 * step of 0 repeats the one element. What is left after whole units is computed on copies.
 */
function run() {
  const call = (/** @type {string} */ units, /** @type {string} */ out) => {
    const operands = OPERANDS.flatMap((name) => [get(name), get(`${name}Unit`)])
    return `(call_indirect (type $kernel) ${[units, ...operands, out].join(' ')} ${get('kernel')})`
  }
  const done = (/** @type {string} */ name) => op('i32.add', get(name), op('i32.mul', get('units'), get(`${name}Unit`)))
  const bytes = (/** @type {string} */ name) => op('i32.mul', get('rest'), get(`${name}Size`))
  const parameters = ['kernel', 'n', 'shift', ...['out', ...OPERANDS].flatMap((name) => [name, `${name}Size`])]
  const steps = OPERANDS.map((name) => `${name}Step`)
  const locals = ['units', 'rest', 'outUnit', ...OPERANDS.map((name) => `${name}Unit`)]
  return `(func (export "run") ${[...parameters, ...steps].map((name) => `(param $${name} i32)`).join(' ')}
    ${locals.map((name) => `(local $${name} i32)`).join(' ')}
    ${set('units', op('i32.shr_u', get('n'), get('shift')))}
    ${set('rest', op('i32.sub', get('n'), op('i32.shl', get('units'), get('shift'))))}
    ${set('outUnit', op('i32.shl', get('outSize'), get('shift')))}
    ${OPERANDS.map(
      (name, i) => `(if ${get(`${name}Step`)}
        (then ${set(`${name}Unit`, op('i32.shl', get(`${name}Size`), get('shift')))})
        (else (if ${get(`${name}Size`)} (then
          (call $splat (i32.const ${SPLATS[i]}) ${get(name)} ${get(`${name}Size`)})
          ${set(name, `(i32.const ${SPLATS[i]})`)}))))`,
    ).join('\n')}
    (if ${get('units')} (then ${call(get('units'), get('out'))}))
    (if ${get('rest')} (then
      ${OPERANDS.map(
        (name, i) => `(if ${get(`${name}Step`)} (then
          (memory.copy (i32.const ${TAILS[i]}) ${done(name)} ${bytes(name)})
          ${set(name, `(i32.const ${TAILS[i]})`)}))`,
      ).join('\n')}
      ${call('(i32.const 1)', `(i32.const ${OUT_TAIL})`)}
      (memory.copy ${done('out')} (i32.const ${OUT_TAIL}) ${bytes('out')})))
    )`
}

/** @typedef {Record<string, Record<string, number>>} Indices */

/** Where each kernel is in the table of functions. @type {(kernels: import('./kernel.mjs').Kernel[], functions: string[]) => Indices} */
function indicesOf(kernels, functions) {
  /** @type {Indices} */
  const indices = {}
  for (const { name, keys, code } of kernels) {
    for (const key of keys) indices[name] = { ...indices[name], [key]: functions.indexOf(code) }
  }
  return indices
}

/** The text of the module, each function in it once, and where its kernels are. */
export function simdModule() {
  const [elementwise, cast] = [elementwiseKernels(), casts()]
  const functions = [...new Set([...elementwise, ...cast].map(({ code }) => code))]
  const text = `(module ${KERNEL_TYPE}
    (import "m" "m" (memory 1))
    (table funcref (elem ${functions.map((_, i) => `$${i}`).join(' ')}))
    ${functions.map((code, i) => `(func $${i} ${code})`).join('\n')}
    ${splat()} ${run()} ${sums()} ${folds()} ${columnCopies()})`
  return { text, kernels: indicesOf(elementwise, functions), casts: indicesOf(cast, functions) }
}
