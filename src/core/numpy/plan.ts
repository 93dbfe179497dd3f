// From expression to plan: which kernels are called in which order, and which values share memory.
import { castInto } from '../cast.js'
import { DTYPES, type DType, type TypedArray } from '../dtype.js'
import { halfBits, writeScalar } from '../scalar.js'
import { sizeOf } from '../shape.js'
import { wrap } from '../typed-array.js'
import type { Apply, Node } from './expression.js'
import type { BinaryKernel, Kernels, LoopKey, UnaryKernel } from './kernel-table.js'
import { assignRegisters, type Register } from './registers.js'

/** What a step reads or leaves. */
export interface Value {
  readonly dtype: DType
  /** One element, whatever the tile. */
  readonly isSingle: boolean
  readonly constant?: TypedArray
}

export interface Call {
  /** Values by their index. */
  readonly inputs: readonly number[]
  readonly output: number
  run(n: number, inputs: readonly number[], arrays: readonly TypedArray[], out: TypedArray): void
}

export interface Plan {
  readonly values: readonly Value[]
  readonly calls: readonly Call[]
  /** [value, leaf], [value, root], [value, register]. */
  readonly leaves: readonly (readonly [number, number])[]
  readonly outs: readonly (readonly [number, number])[]
  readonly scratch: readonly (readonly [number, number])[]
  readonly registers: readonly Register[]
  /** Whether a value of more than one element lies between the inputs and the results. */
  readonly needsScratch: boolean
}

/** `room`: memory for constants. */
export function planOf(
  roots: readonly Node[],
  kernels: Kernels,
  room: (dtype: DType, size: number) => TypedArray,
): Plan {
  const planner = new Planner(kernels, room)
  const outs = roots.map((root, index) => [planner.rootOf(root), index] as const)
  const { values, calls, leaves } = planner
  const { scratch, registers } = assignRegisters(values, calls, new Set(outs.map(([value]) => value)))
  return {
    values,
    calls,
    leaves,
    outs,
    scratch,
    registers,
    needsScratch: registers.some((register) => !register.isSingle),
  }
}

class Planner {
  readonly values: Value[] = []
  readonly calls: Call[] = []
  readonly leaves: [number, number][] = []
  readonly #kernels: Kernels
  readonly #room: (dtype: DType, size: number) => TypedArray
  readonly #known = new Map<Node, number>()
  readonly #casts = new Map<string, number>()
  readonly #leafValues = new Map<number, number>()

  constructor(kernels: Kernels, room: (dtype: DType, size: number) => TypedArray) {
    this.#kernels = kernels
    this.#room = room
  }

  /** The value of a root: a fresh one of its own, even where a leaf, a constant or another root has it already. */
  rootOf(root: Node): number {
    const before = this.calls.length
    const value = this.#valueOf(root)
    const isOwn = this.calls.length > before && this.calls.at(-1)?.output === value
    return isOwn ? value : this.#call(this.#copyOf(root.dtype), [value], root.dtype, this.#isSingle(value))
  }

  #isSingle(value: number): boolean {
    return this.values[value]?.isSingle ?? false
  }

  #valueOf(node: Node): number {
    const known = this.#known.get(node)
    if (known !== undefined) return known
    const value = this.#compute(node)
    this.#known.set(node, value)
    return value
  }

  #compute(node: Node): number {
    switch (node.kind) {
      case 'leaf':
        return this.#leaf(node.index, { dtype: node.dtype, isSingle: sizeOf(node.shape) === 1 })
      case 'scalar': {
        const constant = this.#room(node.dtype, 1)
        writeScalar(constant, node.dtype, 0, node.value)
        return this.#add({ dtype: node.dtype, isSingle: true, constant })
      }
      case 'cast':
        return this.#castTo(this.#valueOf(node.input), node.dtype)
      case 'apply':
        return this.#apply(node)
    }
  }

  #add(value: Value): number {
    return this.values.push(value) - 1
  }

  #leaf(index: number, value: Value): number {
    const known = this.#leafValues.get(index)
    if (known !== undefined) return known
    const added = this.#add(value)
    this.#leafValues.set(index, added)
    this.leaves.push([added, index])
    return added
  }

  #call(run: Call['run'], inputs: readonly number[], dtype: DType, isSingle: boolean): number {
    const output = this.#add({ dtype, isSingle })
    this.calls.push({ inputs, output, run })
    return output
  }

  #apply(node: Apply): number {
    if (node.op === 'where') return this.#select(node)
    const inputs = node.inputs.map((input, i) => this.#castTo(this.#valueOf(input), node.loop[i] ?? input.dtype))
    const key = new Set(node.loop).size === 1 ? node.loop[0] : node.loop.join()
    return this.#call(this.#kernelCall(node, key as LoopKey, inputs), inputs, node.dtype, sizeOf(node.shape) === 1)
  }

  #kernelCall(node: Apply, key: LoopKey, inputs: readonly number[]): Call['run'] {
    const { unary, binary } = this.#kernels
    const [a = 0, b] = inputs.map((input) => (this.#isSingle(input) ? 0 : 1))
    if (b === undefined) {
      const kernel = found<UnaryKernel>(unary, node.op, key)
      return (n, [x = 0], arrays, out) => kernel(n, bare(arrays[x]), bare(out))
    }
    const swapped = SWAPPED[node.op]
    const kernel = found<BinaryKernel>(binary, swapped ?? node.op, swapped === undefined ? key : reversed(key))
    if (swapped === undefined) {
      return (n, [x = 0, y = 0], arrays, out) => kernel(n, bare(arrays[x]), a, bare(arrays[y]), b, bare(out))
    }
    return (n, [x = 0, y = 0], arrays, out) => kernel(n, bare(arrays[y]), b, bare(arrays[x]), a, bare(out))
  }

  #select(node: Apply): number {
    const kernel = this.#kernels.select[DTYPES[node.dtype].itemsize]
    if (kernel === undefined) throw new Error(`no kernel selects ${node.dtype}`)
    const inputs = node.inputs.map((input, i) => this.#castTo(this.#valueOf(input), node.loop[i] ?? input.dtype))
    const [r = 1, s = 1, t = 1] = inputs.map((input) => (this.#isSingle(input) ? 0 : 1))
    const run: Call['run'] = (n, [c = 0, x = 0, y = 0], arrays, out) =>
      kernel(
        n,
        arrays[c] as TypedArray,
        r,
        words(arrays[x] as TypedArray),
        s,
        words(arrays[y] as TypedArray),
        t,
        words(out),
      )
    return this.#call(run, inputs, node.dtype, sizeOf(node.shape) === 1)
  }

  #castTo(value: number, to: DType): number {
    const from = this.values[value]?.dtype
    if (from === undefined || from === to) return value
    const known = this.#casts.get(`${value} ${to}`)
    if (known !== undefined) return known
    const cast = this.#castDirectly(value, from, to)
    this.#casts.set(`${value} ${to}`, cast)
    return cast
  }

  #castDirectly(value: number, from: DType, to: DType): number {
    const { truth, casts } = this.#kernels
    const kernel = to === 'bool' ? truth[from] : casts[from]?.[to]
    const isSingle = this.#isSingle(value)
    if (kernel !== undefined) {
      return this.#call((n, [x = 0], arrays, out) => kernel(n, bare(arrays[x]), bare(out)), [value], to, isSingle)
    }
    if (from === 'float16' || (to === 'float16' && FIT_FLOAT32.has(from))) {
      return this.#castTo(this.#castTo(value, 'float32'), to)
    }
    return this.#call(
      (_n, [x = 0], arrays, out) => castInto(out, to, arrays[x] as TypedArray, from),
      [value],
      to,
      isSingle,
    )
  }

  #copyOf(dtype: DType): Call['run'] {
    return (_n, [x = 0], arrays, out) => castInto(out, dtype, arrays[x] as TypedArray, dtype)
  }
}

const SWAPPED: Readonly<Record<string, 'less' | 'lessEqual'>> = { greater: 'less', greaterEqual: 'lessEqual' }

/** Whose every value is a float32: they can pass it on their way to float16. */
const FIT_FLOAT32: ReadonlySet<DType> = new Set(['bool', 'int8', 'int16', 'uint8', 'uint16', 'float32'])

/** As kernels take it: a native Float16Array as its bits. */
function bare(data: TypedArray | undefined): TypedArray {
  if (data === undefined) throw new Error('a value of the program has no memory')
  return data[Symbol.toStringTag] === 'Float16Array' ? halfBits(data) : data
}

function reversed(key: LoopKey): LoopKey {
  if (key === 'int64,uint64') return 'uint64,int64'
  return key === 'uint64,int64' ? 'int64,uint64' : key
}

function found<K>(
  table: Readonly<Record<string, { readonly [key in LoopKey]?: unknown }>>,
  name: string,
  key: LoopKey,
): K {
  const kernel = table[name]?.[key]
  if (kernel === undefined) throw new TypeError(`no kernel computes ${name} in ${key}`)
  return kernel as K // the table of that arity
}

/** Elements as unsigned words of their size, up to 32 bits. */
function words(data: TypedArray): TypedArray {
  const dtype = data.BYTES_PER_ELEMENT === 1 ? 'uint8' : data.BYTES_PER_ELEMENT === 2 ? 'uint16' : 'uint32'
  return wrap(data.buffer, dtype, data.byteOffset, data.byteLength / DTYPES[dtype].itemsize)
}
