// The loops around a kernel's body. A body computes from x and y (complex: xr xi yr yi) and gives the expressions to store.
/** @typedef {import('./dtypes.mjs').KernelType} KernelType */
/**
 * @typedef {object} Body
 * @property {string[]} [before] statements
 * @property {string[]} store the element, or real and imaginary part; empty where the statements store it
 * @property {string} [out] class of the result's memory, where it is not the operands'
 */

/** @param {KernelType} type */
const element = ({ kind }) => (kind === 'bigint' ? 'bigint' : 'number')

/**
 * Reads element `index` of `array` into constants named after `name`, those that the body uses.
 * @type {(t: KernelType, name: string, array: string, index: string, body: Body) => string[]}
 */
function load(type, name, array, index, body) {
  const as = ` as ${element(type)}`
  if (type.isHalf) return [`const ${name} = table[${array}[${index}] as number]${as}`]
  if (type.kind !== 'complex') return [`const ${name} = ${array}[${index}]${as}`]
  const at = index === '0' ? ['0', '1'] : [`2 * ${index}`, `2 * ${index} + 1`]
  const parts = [`${name}r`, `${name}i`].map((part, i) => [part, `const ${part} = ${array}[${at[i]}]${as}`])
  const code = storing(type, body).join(' ')
  return parts.flatMap(([part = '', line = '']) => (new RegExp(`\\b${part}\\b`).test(code) ? [line] : []))
}

/** As narrowHalf. Not in a function: engines that do not inline it are ten times slower. @param {string} value */
const storingHalf = (value) => [
  `const v = ${value}`,
  'scratch[0] = v',
  'const w = word[0] as number',
  'const z = w & 0x7fffffff',
  'const half = z >= 0x38800000 && z < 0x47800000 ? (z - 0x38000000 + 0xfff + ((z >>> 13) & 1)) >>> 13 : specialHalf(z, v)',
  'out[i] = ((w >>> 16) & 0x8000) | half',
]

/** @type {(type: KernelType, body: Body) => string[]} */
function storing(type, { before = [], store, out }) {
  if (type.isHalf && out === undefined) return [...before, ...storingHalf(store[0] ?? '')]
  if (store.length === 1) return [...before, `out[i] = ${store[0]}`]
  return [...before, ...store.map((value, part) => `out[2 * i${part === 0 ? '' : ' + 1'}] = ${value}`)]
}

/** @param {string[]} lines */
const indent = (lines) => lines.map((line) => `  ${line}`)

/** @param {string[]} statements */
const loop = (statements) => ['for (let i = 0; i < n; i++) {', ...indent(statements), '}']

/** A method of a kernel table. @type {(name: string, parameters: string[], body: string[]) => string[]} */
const method = (name, parameters, body) => [
  `${/^\w+$/.test(name) ? name : `'${name}'`}(${parameters.join(', ')}): void {`,
  ...indent(body),
  '},',
]

/** @type {(type: KernelType, body: Body) => string[]} */
function prologue(type, { out }) {
  if (!type.isHalf) return []
  const table = 'const table = halfTable()'
  return out === undefined ? [table, 'const { scratch, word } = halfScratch'] : [table]
}

/** @type {(name: string, x: KernelType, y: KernelType, body: Body) => string[]} */
export function binaryLoop(name, x, y, body) {
  const parameters = [
    'n: number',
    `a: ${x.array}`,
    's: number',
    `b: ${y.array}`,
    't: number',
    `out: ${body.out ?? x.array}`,
  ]
  return method(name, parameters, [
    ...prologue(x, body),
    'if (s === 1 && t === 1) {',
    ...indent(loop([...load(x, 'x', 'a', 'i', body), ...load(y, 'y', 'b', 'i', body), ...storing(x, body)])),
    '} else if (s === 1) {',
    ...indent([...load(y, 'y', 'b', '0', body), ...loop([...load(x, 'x', 'a', 'i', body), ...storing(x, body)])]),
    '} else {',
    ...indent([...load(x, 'x', 'a', '0', body), ...loop([...load(y, 'y', 'b', 'i * t', body), ...storing(x, body)])]),
    '}',
  ])
}

/** @type {(name: string, x: KernelType, body: Body) => string[]} */
export function unaryLoop(name, x, body) {
  const parameters = ['n: number', `a: ${x.array}`, `out: ${body.out ?? x.array}`]
  return method(name, parameters, [
    ...prologue(x, body),
    ...loop([...load(x, 'x', 'a', 'i', body), ...storing(x, body)]),
  ])
}

/** A loop that needs no element: copies or fills. @type {(name: string, x: KernelType, out: string, statement: string) => string[]} */
export function nativeLoop(name, x, out, statement) {
  const used = /\ba\b/.test(statement)
  return method(name, ['n: number', `${used ? 'a' : '_a'}: ${x.array}`, `out: ${out}`], [statement])
}

/** `where` moves elements as words, so that no bit pattern changes. @type {(itemsize: number) => string[]} */
export function selectLoop(itemsize) {
  const array = itemsize === 1 ? 'Uint8Array' : itemsize === 2 ? 'Uint16Array' : 'Uint32Array'
  const words = Math.max(1, itemsize / 4)
  const at = (/** @type {string} */ index, /** @type {number} */ word) =>
    words === 1 ? index : word === 0 ? `${words} * ${index}` : `${words} * ${index} + ${word}`
  const moves = Array.from({ length: words }, (_, word) => [
    `out[${at('i', word)}] = (c[i * r] === 0 ? y[${at('(i * t)', word)}] : x[${at('(i * s)', word)}]) as number`,
  ]).flat()
  const parameters = ['n: number', 'c: Uint8Array', 'r: number', `x: ${array}`, 's: number', `y: ${array}`, 't: number']
  return method(String(itemsize), [...parameters, `out: ${array}`], loop(moves))
}
