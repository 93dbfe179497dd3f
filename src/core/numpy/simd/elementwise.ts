// The element-wise kernels of the module in front of the JavaScript ones, for operands in its memory.
import { castInto } from '../../cast.js'
import { DTYPES, type DType, type TypedArray } from '../../dtype.js'
import type { BinaryKernel, Kernels, SelectKernel, UnaryKernel } from '../kernel-table.js'
import { KERNELS } from '../kernels/index.js'
import type { Instance, SimdExports } from './instance.js'
import { CASTS, INDICES, LAYOUT } from './module.generated.js'
import { BINARY, type Numbers, type Second, UNARY, type Width } from './names.js'

/** With fewer elements a call of the module costs more than it saves. */
const FEWEST = 32

type Mutable<T> = { -readonly [key in keyof T]: T[key] }
type Table<K> = { readonly [key in string]?: K }

/** A kernel of the module: sizes in bytes of an element of the operands and of the result, elements of a unit as a power of 2. */
interface Kernel {
  readonly index: number
  readonly size: number
  readonly outSize: number
  readonly shift: number
}

export function acceleratedKernels(instance: Instance): Kernels {
  const front = new Front(instance)
  const binary: Mutable<Kernels['binary']> = { ...KERNELS.binary }
  for (const [name, width, numbers] of BINARY) {
    const faster = mapped(numbers, binary[name], (index, dtype, plain) => front.binary(of(index, dtype, width), plain))
    binary[name] = { ...binary[name], ...faster }
  }
  const unary: Mutable<Kernels['unary']> = { ...KERNELS.unary }
  const unaries = (table: Table<UnaryKernel>, width: Width, numbers: Numbers, second: Second) =>
    mapped(numbers, table, (index, dtype, plain) => front.unary(of(index, dtype, width), second, plain))
  for (const [name, width, numbers, second] of UNARY) {
    unary[name] = { ...unary[name], ...unaries(unary[name], width, numbers, second) }
  }
  const truth = { ...KERNELS.truth, ...unaries(KERNELS.truth, 'bool', INDICES.notEqual, 'zero') }
  const select = mapped<SelectKernel>(INDICES.select, KERNELS.select, (index, size, plain) => {
    return front.select({ index, size: Number(size), outSize: Number(size), shift: GROUP_SHIFT }, plain)
  })
  const casts: Mutable<Kernels['casts']> = { ...KERNELS.casts }
  for (const [from, numbers] of Object.entries(CASTS) as [DType, Numbers][]) {
    const kernels = Object.entries(numbers).map(([to, index = 0]) => {
      const plain = casts[from]?.[to as DType] ?? plainCast(from, to as DType) // a key of the table
      const outSize = DTYPES[to as DType].itemsize
      const kernel = { index, size: DTYPES[from].itemsize, outSize, shift: GROUP_SHIFT }
      return [to, front.unary(kernel, 'none', plain)] as const
    })
    casts[from] = { ...casts[from], ...Object.fromEntries(kernels) }
  }
  return { binary, unary, truth, select: { ...KERNELS.select, ...select }, casts }
}

function plainCast(from: DType, to: DType): UnaryKernel {
  return (n, a, out) => castInto(out, to, a.length === n ? a : a.subarray(0, n), from)
}

const GROUP_SHIFT = Math.log2(LAYOUT.unitElements)

function of(index: number, dtype: string, width: Width): Kernel {
  const size = DTYPES[dtype as DType].itemsize // a key of the tables
  if (width === 'bool') return { index, size, outSize: 1, shift: GROUP_SHIFT }
  return { index, size, outSize: size, shift: Math.log2(LAYOUT.unitBytes / size) }
}

/** A faster kernel for every one that the module has and the table too. */
function mapped<K>(
  numbers: Numbers,
  table: Table<K>,
  faster: (index: number, key: string, plain: K) => K,
): Record<string, K> {
  const entries = Object.entries(numbers).flatMap(([key, index]) => {
    const plain = table[key]
    return index === undefined || plain === undefined ? [] : [[key, faster(index, key, plain)] as const]
  })
  return Object.fromEntries(entries)
}

/** Makes kernels that call the module where all operands lie in its memory, and JavaScript elsewhere. */
class Front {
  readonly #buffer: ArrayBuffer
  readonly #bytes: Uint8Array
  readonly #run: SimdExports['run']

  constructor({ buffer, exports }: Instance) {
    this.#buffer = buffer
    this.#bytes = new Uint8Array(buffer)
    this.#run = exports.run
  }

  binary({ index, size, outSize, shift }: Kernel, plain: BinaryKernel): BinaryKernel {
    const run = this.#run
    return (n, a, s, b, t, out) => {
      if (n < FEWEST || !this.#has(a, s) || !this.#has(b, t) || !this.#has(out)) return plain(n, a, s, b, t, out)
      const first = this.#addressOf(a, size, LAYOUT.singles[0])
      const second = this.#addressOf(b, size, LAYOUT.singles[1])
      run(index, n, shift, out.byteOffset, outSize, first, size, second, size, 0, 0, s, t, 0)
    }
  }

  unary({ index, size, outSize, shift }: Kernel, second: Second, plain: UnaryKernel): UnaryKernel {
    const run = this.#run
    const secondSize = second === 'none' ? 0 : size
    const step = second === 'same' ? 1 : 0
    return (n, a, out) => {
      if (n < FEWEST || !this.#has(a) || !this.#has(out)) return plain(n, a, out)
      const other = second === 'same' ? a.byteOffset : LAYOUT.zero
      run(index, n, shift, out.byteOffset, outSize, a.byteOffset, size, other, secondSize, 0, 0, 1, step, 0)
    }
  }

  select({ index, size, outSize, shift }: Kernel, plain: SelectKernel): SelectKernel {
    const run = this.#run
    return (n, c, r, x, s, y, t, out) => {
      const isHere = this.#has(c, r) && this.#has(x, s) && this.#has(y, t) && this.#has(out)
      if (n < FEWEST || !isHere) return plain(n, c, r, x, s, y, t, out)
      const condition = this.#addressOf(c, 1, LAYOUT.singles[0])
      const first = this.#addressOf(x, size, LAYOUT.singles[1])
      const second = this.#addressOf(y, size, LAYOUT.singles[2])
      run(index, n, shift, out.byteOffset, outSize, condition, 1, first, size, second, size, r, s, t)
    }
  }

  /** Whether the module can reach it: one element is copied from anywhere. */
  #has(x: TypedArray, step = 1): boolean {
    return step === 0 || x.buffer === this.#buffer
  }

  #addressOf(x: TypedArray, size: number, single: number): number {
    if (x.buffer === this.#buffer) return x.byteOffset
    this.#bytes.set(new Uint8Array(x.buffer, x.byteOffset, size), single)
    return single
  }
}
