// The golden cases recorded from NumPy (numpy-golden.json.gz): reading them, and comparing results as they say.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { DTYPES, type DType } from '../../../src/core/dtype.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { halfBits } from '../../../src/core/scalar.js'
import { slice } from '../../../src/core/selection.js'
import { wrap } from '../../../src/core/typed-array.js'
import { scalar, type WeakOrStrongScalar } from '../../../src/numpy-sync.js'

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

interface GoldenFormula {
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

function readCompressed(name: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(new URL(name, import.meta.url))).toString('utf8'))
}

export function readGolden(): Golden {
  return readCompressed('./numpy-golden.json.gz') as Golden
}

/** What scripts/record-numpy.py wrote. */
export function readElementwise(): readonly GoldenCase[] {
  return (readCompressed('./numpy-elementwise.json.gz') as Pick<Golden, 'cases'>).cases
}

/** An operand of a case, fresh. */
export function operandOf(given: GoldenOperand): NDArray | WeakOrStrongScalar | null {
  if (given === null) return null
  if ('py' in given) return scalarOf(given)
  if ('gen' in given) return generated(given)
  const { buffer } = new Uint8Array(Buffer.from(given.hex, 'hex'))
  const base = NDArray.from(wrap(buffer, given.dtype), { shape: given.shape, dtype: given.dtype })
  return (given.view ?? []).reduce(viewed, base)
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

function viewed(array: NDArray, [kind, argument]: Step): NDArray {
  if (kind === 'T') return array.transpose()
  if (kind === 'transpose') return array.transpose(argument as number[])
  if (kind === 'broadcast_to') return array.broadcastTo(argument as number[])
  if (kind !== 'slice') throw new Error(`unknown view ${kind}`)
  const entries = argument as readonly (number | null | readonly (number | null)[])[]
  return array.view(
    entries.map((entry) => (Array.isArray(entry) ? slice(...entry) : entry)) as Parameters<NDArray['view']>[0],
  )
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
