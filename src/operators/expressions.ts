// The element-wise functions as expressions of their operands.
import type { WorkOptions } from '../call.js'
import { type Casting, checkCast } from '../core/casting.js'
import { checkDType, type DType } from '../core/dtype.js'
import { checkOptions, notOptions } from '../core/numpy/call-options.js'
import { apply, cast, clip, divmod, type Leaf, type Node, round, where } from '../core/numpy/expression.js'
import { ufuncOf } from '../core/numpy/operations.js'
import type { ArrayType } from '../core/numpy/out.js'
import type { ResolveOptions } from '../core/numpy/types.js'
import { findCustody } from '../custodies.js'
import { withAxes } from './graph.js'
import { arrayNodeOf, layoutOf, newLeaf, sourceOf, termOf } from './leaves.js'
import { BINARY, type BinaryName, type ElementwiseName, UNARY, type UnaryName } from './names.js'

export interface Expression {
  /** Of one shape; two of divmod. */
  readonly nodes: readonly Node[]
  /** What messages call it. */
  readonly ufunc: string
}

/** Options of all of them, as they come; `out` is read by who computes. */
export interface ExpressionOptions {
  readonly out?: unknown
  readonly dtype?: DType | undefined
  readonly decimals?: number | undefined
  readonly casting?: Casting | undefined
}

interface Builder {
  /** Arguments before the options. */
  readonly arity: number
  /** `outs`: what takes the results. Errors: DTypeError and ShapeError with NumPy's words, TypeError for what is no operand. */
  build(given: readonly unknown[], options: ExpressionOptions, outs?: readonly ArrayType[]): Expression
}

export const EXPRESSIONS: Readonly<Record<ElementwiseName, Builder>> = {
  ...built(UNARY, 1),
  ...built(BINARY, 2),
  divmod: {
    arity: 2,
    build: ([a, b], { dtype }, outs) => ({
      nodes: divmod([termOf(a), termOf(b)], { dtype, outs }),
      ufunc: 'divmod',
    }),
  },
  where: {
    arity: 3,
    build: ([condition, x, y], _options, [out] = []) => ({
      nodes: [where(termOf(condition), termOf(x), termOf(y), { out })],
      ufunc: 'where',
    }),
  },
  clip: {
    arity: 3,
    build: ([a, min, max], { dtype }, [out] = []) => ({
      nodes: [clip(termOf(a), bound(min), bound(max), { dtype, out })],
      ufunc: 'clip',
    }),
  },
  round: {
    arity: 1,
    build: ([a], { decimals }) => ({ nodes: [round(termOf(a), decimals)], ufunc: 'rint' }),
  },
  outer: { arity: 3, build: ([op, a, b], { dtype }, [out] = []) => outer(op as BinaryName, a, b, { dtype, out }) }, // checked there
  astype: { arity: 2, build: ([a, dtype], { casting }) => astype(a, dtype, casting) },
}

/** Those that are one ufunc. */
function built<N extends UnaryName | BinaryName>(names: readonly N[], arity: number): Record<N, Builder> {
  const entries = names.map((name): [N, Builder] => [
    name,
    {
      arity,
      build: (given, { dtype }, [out] = []) => ({
        nodes: [
          apply(
            name,
            Array.from({ length: arity }, (_, nth) => termOf(given[nth])),
            { dtype, out },
          ),
        ],
        ufunc: ufuncOf(name),
      }),
    },
  ])
  return Object.fromEntries(entries) as Record<N, Builder> // an entry for every name
}

function bound(value: unknown) {
  return value === null ? null : termOf(value)
}

function outer(op: BinaryName, a: unknown, b: unknown, options: ResolveOptions): Expression {
  if (!BINARY.includes(op)) throw new TypeError(`outer takes an operator of two operands, got ${String(op)}`)
  const [left, right] = [termOf(a), termOf(b)]
  const isStretched = !('weak' in left) && !('weak' in right) && right.shape.length > 0
  const stretched = isStretched
    ? withAxes(left, right.shape.length, (leaf) => leafWithAxes(leaf, right.shape.length))
    : left
  return { nodes: [apply(op, [stretched, right], options)], ufunc: ufuncOf(op) }
}

/** The same array seen with `count` more axes of one element at the end. */
function leafWithAxes(leaf: Leaf, count: number): Leaf {
  const source = sourceOf(leaf)
  const { shape, strides, offset } = layoutOf(source)
  const more = new Array<number>(count).fill(1)
  const layout = { shape: [...shape, ...more], strides: [...strides, ...more], offset }
  return newLeaf('custody' in source ? { ...source, layout } : { data: source.data, dtype: source.dtype, ...layout })
}

function astype(a: unknown, dtype: unknown, casting: Casting = 'unsafe'): Expression {
  const to = checkDType(dtype)
  const node = arrayNodeOf(a)
  checkCast(node.dtype, to, casting)
  return { nodes: [cast(node, to)], ufunc: 'astype' }
}

/** What comes after the operands. Errors: TypeError. */
export function optionsOf(given: readonly unknown[], arity: number): ExpressionOptions & WorkOptions {
  const options = given[arity] ?? {}
  if (findCustody(options) !== undefined) throw notOptions('an array')
  return checkOptions(options)
}
