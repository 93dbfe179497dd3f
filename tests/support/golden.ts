// The golden cases recorded from NumPy: their operands, and comparing results as they say. Runs in a page as in Node.
import { DTYPES, type DType } from '../../src/core/dtype.js'
import { DTypeError, ShapeError } from '../../src/core/errors.js'
import { NDArray } from '../../src/core/ndarray.js'
import { halfBits } from '../../src/core/scalar.js'
import type { Selection } from '../../src/core/selection.js'
import { slice } from '../../src/core/slice.js'
import { wrap } from '../../src/core/typed-array.js'
import { scalar, type WeakOrStrongScalar } from '../../src/numpy-sync.js'

type Step = readonly [string, ...unknown[]]

export interface GoldenArray {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly hex: string
  readonly view?: readonly Step[]
}

interface GoldenScalar {
  readonly py: 'int' | 'float' | 'bool' | 'complex'
  readonly value: unknown
}

export interface GoldenFormula {
  readonly gen: 'full' | 'arange' | 'lcg' | 'alt'
  readonly n: number
  readonly dtype: DType
  readonly params: readonly number[]
}

export type GoldenOperand = GoldenArray | GoldenScalar | GoldenFormula | null
export type Comparison = 'exact' | { readonly ulp: number } | { readonly rtol: number; readonly atol: number }

export interface GoldenCase {
  readonly id: string
  readonly group: string
  readonly op: string
  readonly args: readonly GoldenOperand[]
  readonly kw?: Readonly<Record<string, unknown>>
  readonly out?: GoldenArray
  readonly outs?: readonly GoldenArray[]
  readonly error?: { readonly type: string; readonly base: string; readonly message: string }
  readonly compare?: Comparison
  readonly flags?: readonly string[]
}

export interface Golden {
  readonly cases: readonly GoldenCase[]
  readonly promotion: Readonly<Record<string, DType>>
  readonly ufunc_types: Readonly<Record<string, Readonly<Record<string, DType | null>>>>
  readonly unary_types: Readonly<Record<string, Readonly<Record<string, DType | null>>>>
  readonly scalar_types: Readonly<Record<string, Readonly<Record<string, DType | null>>>>
  readonly reduce_types: Readonly<Record<string, Readonly<Record<string, DType | null>>>>
}

/** An operand of a case, fresh. */
export function operandOf(given: GoldenOperand): NDArray | WeakOrStrongScalar | null {
  if (given === null) return null
  return 'py' in given ? scalarOf(given) : viewOf(given, baseOf(given))
}

/** The array that an operand is, or is a view of. */
export function baseOf(given: GoldenArray | GoldenFormula): NDArray {
  if ('gen' in given) return generated(given)
  const bytes = Uint8Array.from({ length: given.hex.length / 2 }, (_, i) => {
    return Number.parseInt(given.hex.slice(2 * i, 2 * i + 2), 16)
  })
  return NDArray.from(wrap(bytes.buffer, given.dtype), { shape: given.shape, dtype: given.dtype })
}

interface Viewable<V> {
  transpose(axes?: readonly number[]): V
  broadcastTo(shape: readonly number[]): V
  view(selection: Selection): V
}

/** The operand, as a view of its base in memory or on disk. */
export function viewOf<V extends Viewable<V>>(given: GoldenArray | GoldenFormula, base: V): V
export function viewOf<V extends Viewable<V>>(given: GoldenArray | GoldenFormula, base: Viewable<V>): V | Viewable<V>
export function viewOf<V extends Viewable<V>>(given: GoldenArray | GoldenFormula, base: Viewable<V>): V | Viewable<V> {
  const steps = 'gen' in given ? [] : (given.view ?? [])
  return steps.reduce<V | Viewable<V>>(viewed, base)
}

function scalarOf({ py, value }: GoldenScalar): WeakOrStrongScalar {
  if (py === 'int') return scalar(BigInt(String(value)), 'int')
  if (py === 'bool') return scalar(Boolean(value), 'bool')
  if (py === 'float') return scalar(floatOf(value), 'float')
  const [re, im] = value as [unknown, unknown]
  return scalar({ re: floatOf(re), im: floatOf(im) }, 'complex')
}

function floatOf(value: unknown): number {
  return value === '-0' ? -0 : Number(value)
}

function viewed<V>(array: Viewable<V>, [kind, argument]: Step): V {
  if (kind === 'T') return array.transpose()
  if (kind === 'transpose') return array.transpose(argument as number[])
  if (kind === 'broadcast_to') return array.broadcastTo(argument as number[])
  if (kind !== 'slice') throw new Error(`unknown view ${kind}`)
  const entries = argument as readonly (number | null | readonly (number | null)[])[]
  return array.view(entries.map((entry) => (Array.isArray(entry) ? slice(...entry) : entry)) as Selection)
}

/** The formulas of the big inputs; all but `full` and `alt` count from 0. */
function generated({ gen, n, dtype, params }: GoldenFormula): NDArray {
  const [p = 0, q = 0] = params
  const formulas = {
    full: () => p,
    arange: (i: number) => p + i * q,
    alt: (i: number) => (i % 2 === 0 ? p : q),
    lcg: (i: number) => ((Math.imul(i, 1_103_515_245) + 12_345) & 0x7fffffff) / 2 ** 31,
  }
  return NDArray.from(Float64Array.from({ length: n }, (_, i) => formulas[gen](i))).astype(dtype)
}

/** Undefined where `actual` is what the case says, else what differs. */
export function difference(actual: NDArray, expected: GoldenArray, compare: Comparison): string | undefined {
  if (actual.dtype !== expected.dtype) return `dtype ${actual.dtype}, not ${expected.dtype}`
  if (actual.shape.join() !== expected.shape.join()) return `shape (${actual.shape}), not (${expected.shape})`
  const wanted = operandOf(expected) as NDArray
  const [got, want] = [elements(actual), elements(wanted)]
  const { dtype } = actual
  const at = got.findIndex((value, i) => !agrees(value, want[i] as number | bigint, compare, dtype))
  return at === -1 ? undefined : `element ${at}: ${got[at]}, not ${want[at]}`
}

/** In C order; complex numbers as two. */
function elements(array: NDArray): (number | bigint)[] {
  const data = array.toArray()
  if (array.dtype !== 'float16') return Array.from<number | bigint>(data as Iterable<number | bigint>)
  return Array.from(NDArray.from(halfBits(data), { dtype: 'float16' }).astype('float64').data)
}

function agrees(got: number | bigint, want: number | bigint, compare: Comparison, dtype: DType): boolean {
  if (typeof got === 'bigint' || typeof want === 'bigint') return got === want
  if (Number.isNaN(want)) return Number.isNaN(got)
  if (compare === 'exact') return Object.is(got, want)
  if (got === want) return true
  if ('ulp' in compare) return Math.abs(got - want) <= compare.ulp * unitOf(want, dtype)
  return Math.abs(got - want) <= compare.atol + compare.rtol * Math.abs(want)
}

/** The distance of neighbouring numbers of the dtype around a value. */
function unitOf(value: number, dtype: DType): number {
  const { itemsize, width } = DTYPES[dtype]
  const digits = { 2: 10, 4: 23, 8: 52 }[itemsize / width] ?? 52
  const exponent = Math.floor(Math.log2(Math.abs(value) || Number.MIN_VALUE))
  return 2 ** (exponent - digits)
}

const NAMES: Readonly<Record<string, string>> = { remainder: 'mod' }

/** The name here of a function of NumPy. */
export function nameOf(ufunc: string): string {
  return NAMES[ufunc] ?? ufunc.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Reductions give scalars: numbers for places, else what `item` gives for the dtype. */
export function asArray(value: unknown, op: string, dtype: DType): NDArray {
  if (value instanceof NDArray) return value
  if (op === 'argmin' || op === 'argmax') return NDArray.from(BigInt(value as number), { dtype })
  const wanted = dtype === 'int64' || dtype === 'uint64' ? 'bigint' : dtype === 'bool' ? 'boolean' : undefined
  if (wanted !== undefined && typeof value !== wanted) throw new Error(`a ${typeof value}, not a ${wanted}`)
  return NDArray.from(value as number, { dtype }) // or what else it is
}

/** Undefined where what was thrown is what NumPy threw. */
export function wrongError(caught: unknown, { base, message }: { base: string; message: string }): string | undefined {
  const isTypes = base !== 'ValueError' || message.startsWith('Integers to negative')
  const expected = isTypes ? DTypeError : ShapeError
  if (!(caught instanceof expected)) return `threw ${String(caught)}, not ${expected.name}: ${message}`
  return caught.message === message ? undefined : `said ${caught.message}, not ${message}`
}
