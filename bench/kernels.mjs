// node bench/kernels.mjs: million elements a second of kernels and fused programs, in the cache, after every dtype was visited;
// in the lines below those of JavaScript, in SIMD.
import { build } from 'esbuild'

const entry = `
  export { KERNELS } from './src/core/numpy/kernels/index.js'
  export { apply, cast, leaf } from './src/core/numpy/expression.js'
  export { compile } from './src/core/numpy/program.js'
  export { OPERATIONS } from './src/core/numpy/operations.js'
  export { allocate, bytesOf, wrap } from './src/core/typed-array.js'
  export { castTyped } from './src/core/cast.js'
  export { createAccelerator } from './src/core/numpy/simd/accelerator.js'
  export { DTYPE_NAMES } from './src/core/dtype.js'
`
const { outputFiles } = await build({
  stdin: { contents: entry, resolveDir: new URL('..', import.meta.url).pathname, loader: 'ts' },
  bundle: true,
  write: false,
  format: 'esm',
})
const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')}`
const library = await import(url)
const { KERNELS, OPERATIONS, DTYPE_NAMES, allocate, apply, bytesOf, cast, castTyped, compile, leaf, wrap } = library
const accelerator = library.createAccelerator(16 << 20)

const N = 8192
const ROUNDS = 120
const WARM_UP = 20

/** @param {string} dtype */
function sample(dtype) {
  const values = Float64Array.from({ length: N }, (_, i) => (dtype === 'bool' ? i % 2 : 1 + (i % 7)))
  return castTyped(values, 'float64', dtype)
}

const samples = new Map(DTYPE_NAMES.map((/** @type {string} */ dtype) => [dtype, sample(dtype)]))

let taken = accelerator.start
/** A copy in the memory. @type {(elements: Uint8Array, dtype: string) => Uint8Array} */
function placed(elements, dtype) {
  const copy = wrap(accelerator.buffer, dtype, Math.ceil(taken / 64) * 64, N)
  bytesOf(copy).set(bytesOf(elements))
  taken = copy.byteOffset + copy.byteLength
  return copy
}
const inMemory = new Map(DTYPE_NAMES.map((/** @type {string} */ dtype) => [dtype, placed(samples.get(dtype), dtype)]))
const outInMemory = placed(samples.get('complex128'), 'complex128')

/** A function that computes N elements. @type {(root: { dtype: string }, dtypes: string[], isFast?: boolean) => () => void} */
function runner(root, dtypes, isFast = false) {
  const program = compile([root], isFast ? accelerator.kernels : KERNELS)
  const inputs = dtypes.map((dtype) => (isFast ? inMemory : samples).get(dtype))
  const out = isFast ? wrap(accelerator.buffer, root.dtype, outInMemory.byteOffset, N) : allocate(root.dtype, N)
  return () => program.run(N, inputs, [out])
}

/** @type {(op: string, dtypes: string[], isFast?: boolean) => (() => void) | undefined} */
function runnerOf(op, dtypes, isFast) {
  try {
    const terms = dtypes.map((dtype, i) => leaf(i, dtype, [N]))
    return runner(apply(op, terms), dtypes, isFast)
  } catch {
    return undefined // no such loop
  }
}

/** The best of many short runs: what the kernel does when nothing else runs. @param {() => void} run */
function speed(run) {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let i = 0; i < 8; i++) run()
    best = Math.min(best, performance.now() - start)
  }
  return Math.round((8 * N) / best / 1000)
}

for (const [op, { inputs }] of Object.entries(OPERATIONS)) {
  for (const dtype of DTYPE_NAMES) {
    const run = runnerOf(op, new Array(inputs).fill(dtype))
    for (let i = 0; i < WARM_UP; i++) run?.()
  }
}

const operators =
  process.argv.length > 2
    ? process.argv.slice(2)
    : [
        'add',
        'multiply',
        'divide',
        'less',
        'equal',
        'minimum',
        'floorDivide',
        'mod',
        'negative',
        'absolute',
        'sqrt',
        'floor',
        'isnan',
        'logicalAnd',
        'bitwiseAnd',
      ]
const short = (/** @type {string} */ dtype) =>
  dtype.replace('float', 'f').replace('complex', 'c').replace('uint', 'u').replace('int', 'i')
console.log(
  ['operator'.padEnd(12), ...DTYPE_NAMES.map((/** @type {string} */ dtype) => short(dtype).padStart(5))].join(' '),
)
for (const op of operators) {
  for (const isFast of [false, true]) {
    const cells = DTYPE_NAMES.map((/** @type {string} */ dtype) => {
      const run = runnerOf(op, new Array(OPERATIONS[op].inputs).fill(dtype), isFast)
      return String(run === undefined ? '-' : speed(run)).padStart(5)
    })
    console.log([(isFast ? '' : op).padEnd(12), ...cells].join(' '))
  }
}

console.log('\ncasts, from the left to the top')
for (const from of DTYPE_NAMES) {
  for (const isFast of [false, true]) {
    const cells = DTYPE_NAMES.map((/** @type {string} */ to) => {
      if (from === to) return '    -'
      return String(speed(runner(cast(leaf(0, from, [N]), to), [from], isFast))).padStart(5)
    })
    console.log([(isFast ? '' : from).padEnd(12), ...cells].join(' '))
  }
}

const a = leaf(0, 'float32', [N])
const fused = apply('add', [apply('multiply', [a, { weak: 'float', value: 2.5 }]), { weak: 'int', value: 1 }])
console.log(`\nfloat32 a * 2.5 + 1 fused: ${speed(runner(fused, ['float32']))}`)
