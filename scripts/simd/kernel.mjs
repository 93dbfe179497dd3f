// The loop around a kernel's body: all kernels have one signature, and go through their operands in units of a few vectors.

/**
 * @typedef {object} Kernel
 * @property {string} name
 * @property {string[]} keys the dtypes, or pairs of dtypes, that it serves
 * @property {string} code the function
 */
/** @typedef {'a' | 'b' | 'c'} Operand */

/** Bytes of a vector. */
export const VECTOR = 16

/** @type {(offset: number) => string} */
const at = (offset) => (offset === 0 ? '' : ` offset=${offset}`)

/** @type {(operand: string, offset: number, instruction?: string) => string} */
export const load = (operand, offset, instruction = 'v128.load') =>
  `(${instruction}${at(offset)} (local.get $${operand}))`

/** @type {(offset: number, value: string, instruction?: string) => string} */
export const store = (offset, value, instruction = 'v128.store') =>
  `(${instruction}${at(offset)} (local.get $out) ${value})`

/** @type {(name: string) => string} */
export const get = (name) => `(local.get $${name})`
/** @type {(name: string, value: string) => string} */
export const set = (name, value) => `(local.set $${name} ${value})`
/** @type {(instruction: string, ...operands: string[]) => string} */
export const op = (instruction, ...operands) => `(${instruction} ${operands.join(' ')})`

/** One value in every lane. @type {(bits: number, value: string) => string} */
export const splat = (bits, value) => `(v128.const i${bits}x${128 / bits} ${`${value} `.repeat(128 / bits)})`

/** The bytes of a shuffle that takes those lanes. @type {(bits: number, lanes: number[]) => string} */
export function bytesOfLanes(bits, lanes) {
  const width = bits / 8
  return lanes.flatMap((lane) => Array.from({ length: width }, (_, byte) => lane * width + byte)).join(' ')
}

/** Everything that the loops declare beside their parameters. */
const LOCALS = '(local $x v128) (local $y v128) (local $z v128) (local $w v128)'

/**
 * A function that runs `statements` for each of `units` units; they write `outBytes` of the result. A step is 0 where the
 * operand is the same for every unit.
 * @type {(operands: Operand[], outBytes: number, statements: string[]) => string}
 */
export function loop(operands, outBytes, statements) {
  const advance = (/** @type {string} */ name, /** @type {string} */ step) => set(name, op('i32.add', get(name), step))
  return [
    '(type $kernel) (param $units i32) (param $a i32) (param $aStep i32) (param $b i32) (param $bStep i32)',
    `(param $c i32) (param $cStep i32) (param $out i32) ${LOCALS}`,
    '(loop $next',
    ...statements,
    ...operands.map((operand) => advance(operand, get(`${operand}Step`))),
    advance('out', `(i32.const ${outBytes})`),
    '(br_if $next (local.tee $units (i32.sub (local.get $units) (i32.const 1)))))',
  ].join('\n')
}
