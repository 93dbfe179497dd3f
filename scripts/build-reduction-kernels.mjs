// Writes the loops of reductions: one function body for each operation and class of array, so that none is compiled for
// more than one class. `node scripts/build-reduction-kernels.mjs` writes the files; the unit tests compare them.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { accumulationBodies, complexAccumulationBodies, STEPS } from './reduction-kernels/accumulations.mjs'
import {
  argumentBodies,
  complexArgumentBodies,
  complexExtremeBodies,
  complexProductBodies,
  countBodies,
  extremeBodies,
  floatProduct,
  half,
  narrowTotalBodies,
  pair,
  productBodies,
  single,
  wideProduct,
  wideTotalBodies,
} from './reduction-kernels/folds.mjs'

const FOLDER = fileURLToPath(new URL('../src/core/numpy/reduce/kernels/', import.meta.url))

const INTEGERS = {
  int8: 'Int8Array',
  int16: 'Int16Array',
  int32: 'Int32Array',
  uint8: 'Uint8Array',
  uint16: 'Uint16Array',
  uint32: 'Uint32Array',
}
const WIDE = { int64: 'BigInt64Array', uint64: 'BigUint64Array' }
const FLOATS = { float32: 'Float32Array', float64: 'Float64Array' }
const COMPLEX = { complex64: 'Float32Array', complex128: 'Float64Array' }

/** @typedef {import('./reduction-kernels/method.mjs').Method} Method */
/** @typedef {[dtype: string, array: string, methods: Method[]]} Entry */
/** @typedef {(array: string) => string} Parameters */

/**
 * One file: a table from dtype to its two loops.
 * @type {(title: string, constant: string, kind: string, parameters: Parameters, entries: Entry[], imports?: string[]) => string}
 */
function file(title, constant, kind, parameters, entries, imports = []) {
  const bodies = entries
    .map(([dtype, array, methods]) => {
      const loops = methods.map(({ name, body }) => `    ${name}(${parameters(array)}) {\n      ${body}\n    },`)
      return `  ${dtype}: {\n${loops.join('\n')}\n  },`
    })
    .join('\n')
  const lines = [
    `// ${title} Written by scripts/build-reduction-kernels.mjs: do not edit.`,
    '// biome-ignore-all format: as it was written',
    '// biome-ignore-all lint: a number that is not itself is NaN; many dtypes make a long file',
    "import type { DType } from '../../../dtype.js'",
    `import type { ${kind} } from '../fold.js'`,
    ...imports,
    '',
    `export const ${constant} = {`,
    bodies,
    `} as const satisfies Readonly<Partial<Record<DType, ${kind}>>>`,
    '',
  ]
  return lines.join('\n')
}

/** @type {(acc?: string) => Parameters} */
const foldParameters = (acc) => (array) => `x: ${array}, start: number, n: number, acc: ${acc ?? array}, at: number`
/** @type {Parameters} */
const argumentParameters = (array) => `${foldParameters()(array)}, places: Float64Array, place: number`
/** @type {Parameters} */
const totalParameters = (array) =>
  `x: ${array}, start: number, n: number, low: Float64Array, high: Int32Array, at: number`

/** @type {Parameters} */
const accumulationParameters = (array) => `${foldParameters()(array)}, into: ${array}, to: number, isFirst: boolean`

/** @type {(arrays: Readonly<Record<string, string>>, bodies: (dtype: string) => Method[]) => Entry[]} */
function entriesOf(arrays, bodies) {
  return Object.entries(arrays).map(([dtype, array]) => [dtype, array, bodies(dtype)])
}

/** 64-bit integers as two words each. */
const WORDS = { int64: 'Uint32Array', uint64: 'Uint32Array' }

/** @type {(name: 'add' | 'multiply' | 'minimum' | 'maximum', title: string) => string} */
function accumulationFile(name, title) {
  const real = { ...INTEGERS, ...WIDE, float16: 'Float32Array', ...FLOATS }
  const entries = [
    ...entriesOf(real, (dtype) => accumulationBodies(STEPS[name](dtype), dtype in WIDE ? 'bigint' : 'number')),
    ...entriesOf(COMPLEX, (dtype) => complexAccumulationBodies(name, dtype)),
  ]
  const isRounding = name === 'add' || name === 'multiply'
  const imports = isRounding ? ["import { roundToHalf } from '../rounding.js'"] : []
  return file(title, name.toUpperCase(), 'AccumulationKernel', accumulationParameters, entries, imports)
}

/** @type {(bodies: (isFloat: boolean, type: string) => Method[]) => Entry[]} */
function realEntries(bodies) {
  return [
    ...entriesOf(INTEGERS, () => bodies(false, 'number')),
    ...entriesOf(WIDE, () => bodies(false, 'bigint')),
    ...entriesOf(FLOATS, () => bodies(true, 'number')),
  ]
}

/** @type {(name: string, title: string, sign: string) => string} */
function extremes(name, title, sign) {
  const entries = [
    ...realEntries((isFloat, type) => extremeBodies(sign, isFloat, type)),
    ...entriesOf(COMPLEX, () => complexExtremeBodies(sign)),
  ]
  return file(title, name, 'FoldKernel', foldParameters(), entries)
}

/** @type {(name: string, title: string, sign: string) => string} */
function argumentFile(name, title, sign) {
  const entries = [
    ...realEntries((isFloat, type) => argumentBodies(sign, isFloat, type)),
    ...entriesOf(COMPLEX, () => complexArgumentBodies(sign)),
  ]
  return file(title, name, 'ArgumentKernel', argumentParameters, entries)
}

function countFile() {
  const entries = [
    ...entriesOf({ ...INTEGERS, ...FLOATS }, () => countBodies(single)),
    ...entriesOf({ ...WORDS, ...COMPLEX }, () => countBodies(pair)),
    ...entriesOf({ float16: 'Uint16Array' }, () => countBodies(half)),
  ]
  return file('How many elements are not 0.', 'COUNT', 'FoldKernel', foldParameters('Float64Array'), entries)
}

function totalFile() {
  const entries = [...entriesOf(INTEGERS, () => narrowTotalBodies), ...entriesOf(WORDS, () => wideTotalBodies)]
  const imports = ["import { addTotal, CARRY_FROM, CHUNK } from '../total.js'"]
  return file('Sums of integers, exact modulo 2^64.', 'TOTAL', 'TotalKernel', totalParameters, entries, imports)
}

function productFile() {
  const entries = [
    ...entriesOf(WIDE, (dtype) => productBodies(wideProduct(dtype), 'bigint')),
    ...entriesOf(FLOATS, (dtype) => productBodies(floatProduct(dtype), 'number')),
    ...entriesOf(COMPLEX, complexProductBodies),
  ]
  return file('Products, rounded at every step.', 'PRODUCT', 'FoldKernel', foldParameters(), entries)
}

/** The files by name, as the repository formats them. */
export function reductionKernels() {
  return {
    'minimum.generated.ts': extremes('MINIMUM', 'The least element.', '<'),
    'maximum.generated.ts': extremes('MAXIMUM', 'The greatest element.', '>'),
    'argmin.generated.ts': argumentFile('ARGMIN', 'Where the least element is.', '<'),
    'argmax.generated.ts': argumentFile('ARGMAX', 'Where the greatest element is.', '>'),
    'count.generated.ts': countFile(),
    'total.generated.ts': totalFile(),
    'product.generated.ts': productFile(),
    'accumulate-add.generated.ts': accumulationFile('add', 'Running sums.'),
    'accumulate-multiply.generated.ts': accumulationFile('multiply', 'Running products.'),
    'accumulate-minimum.generated.ts': accumulationFile('minimum', 'The least element so far.'),
    'accumulate-maximum.generated.ts': accumulationFile('maximum', 'The greatest element so far.'),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(reductionKernels())) writeFileSync(FOLDER + name, text)
}
