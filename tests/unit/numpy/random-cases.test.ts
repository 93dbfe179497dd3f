// Random calls over random views against NumPy: operands on disk, some of them in memory, and all of them by numpy-sync.
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DType } from '../../../src/core/dtype.js'
import { NDArray } from '../../../src/core/ndarray.js'
import { setTileSize } from '../../../src/core/numpy/tiles.js'
import { slice } from '../../../src/core/slice.js'
import { type ArrayView, type Disk, type DiskBackedNDArray, openDisk } from '../../../src/index.js'
import * as numpy from '../../../src/numpy.js'
import * as numpySync from '../../../src/numpy-sync.js'
import { pythonFile, withoutNumPy } from '../../support/numpy.js'

const CASES = Number(process.env['RANDOM_CASES'] ?? 150)
const SEED = Number(process.env['RANDOM_SEED'] ?? 1)
const GENERATOR = fileURLToPath(new URL('random-cases.py', import.meta.url))

type Step = readonly [kind: string, given: never]
type Packed = { readonly dtype: DType; readonly shape: number[]; readonly data: string }
type Any = NDArray | DiskBackedNDArray | ArrayView

interface Case {
  readonly kind: string
  readonly operands: readonly (Packed & { readonly steps: readonly Step[] })[]
  readonly op: string
  readonly ops: readonly string[]
  readonly reduced: string | null
  readonly options: object
  readonly axis: number
  readonly dtype: DType
  readonly scalar: number | boolean
  readonly isFirst: boolean
  readonly steps: readonly Step[]
  readonly gives: Packed | { readonly error: string }
}

/** Functions by their names, of either module. */
type Functions = Readonly<Record<string, (...given: unknown[]) => unknown>>

describe.skipIf(withoutNumPy !== undefined)(`random calls (NumPy: ${withoutNumPy ?? 'installed'})`, () => {
  let disk: Disk
  let cases: readonly Case[]
  beforeAll(async () => {
    disk = await openDisk({ name: 'random-cases', backend: 'memory' })
    cases = pythonFile(GENERATOR, SEED, CASES) as readonly Case[]
  })
  afterAll(() => disk.close({ discard: true }))
  afterEach(() => setTileSize())

  test.each([7, 64])('give what NumPy gives, in tiles of %i elements', async (tile) => {
    setTileSize(tile)
    const wrong: string[] = []
    for (const [nth, given] of cases.entries()) {
      for (const where of ['on disk', 'mixed', 'in memory']) {
        const difference = await differenceOf(given, where, nth)
        if (difference !== undefined) wrong.push(`${nth}, ${where}: ${describeCase(given)}: ${difference}`)
      }
    }
    expect(wrong).toEqual([])
  })

  async function differenceOf(given: Case, where: string, nth: number): Promise<string | undefined> {
    const made: DiskBackedNDArray[] = []
    try {
      const operands: Any[] = []
      for (const [i, { steps, ...packed }] of given.operands.entries()) {
        const isOnDisk = where === 'on disk' || (where === 'mixed' && i === nth % 2)
        if (isOnDisk) made.push(await disk.array(unpacked(packed)))
        operands.push(viewed(isOnDisk ? (made.at(-1) as Any) : unpacked(packed), steps))
      }
      const value = await compute(given, operands, where === 'in memory' ? numpySync : numpy)
      const result = value instanceof NDArray || !isArray(value) ? value : await (value as DiskBackedNDArray).get()
      return 'error' in given.gives ? `gave a value for '${given.gives.error}'` : compared(result, given)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if ('error' in given.gives)
        return message === given.gives.error ? undefined : `'${message}' for '${given.gives.error}'`
      return message
    } finally {
      await Promise.all(made.map((array) => array.purge()))
    }
  }
})

function describeCase({ kind, op, ops, operands, options, scalar }: Case): string {
  return JSON.stringify([kind, op ?? ops, operands.map(({ dtype, shape }) => `${dtype} ${shape}`), options ?? scalar])
}

function compute(given: Case, operands: readonly Any[], module: object): unknown {
  const call = module as Functions
  const [a, b, c] = operands
  const { kind, op, ops, options, axis, dtype, scalar, isFirst, steps, reduced } = given
  switch (kind) {
    case 'binary':
    case 'unary':
      return call[op]?.(...operands)
    case 'scalar':
      return isFirst ? call[op]?.(scalar, a) : call[op]?.(a, scalar)
    case 'reduction':
      return call[op]?.(a, options)
    case 'accumulate':
      return call['accumulate']?.(op, a, { axis })
    case 'outer':
      return call['outer']?.(op, a, b)
    case 'astype':
      return call['astype']?.(a, dtype)
    case 'in place':
      return call[op]?.(a, viewed(a as Any, steps), { out: a })
    case 'fused': {
      const [x, y, z] = module === numpy ? [a, b, c].map((operand) => numpy.lazy(operand as Any)) : [a, b, c]
      const [first = '', second = '', third = ''] = ops
      const value = call[third]?.(call[first]?.(x, y), call[second]?.(z, x))
      if (reduced !== null) return call[reduced]?.(value)
      return module === numpy ? (value as numpy.LazyArray).evaluate() : value
    }
    default: // where, clip, matmul
      return call[kind]?.(...operands)
  }
}

function unpacked({ data, dtype, shape }: Packed): NDArray {
  return NDArray.from(new Uint8Array(Buffer.from(data, 'base64')).buffer, { shape, dtype })
}

function viewed(a: Any, steps: readonly Step[]): Any {
  let seen = a
  for (const [kind, given] of steps) {
    if (kind === 'slice') seen = seen.view((given as (number | null)[][]).map((part) => slice(...(part as [null]))))
    else if (kind === 'transpose') seen = seen.transpose(given)
    else if (kind === 'index') seen = seen.view([given])
    else seen = seen.broadcastTo(given)
  }
  return seen
}

function isArray(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'shape' in value
}

/** What is rounded more than once may differ in the last places: the order of sums, hypot and fused steps are of NumPy's build. */
const TOLERANCE: Readonly<Record<string, number>> = {
  float16: 8e-3,
  float32: 4e-5,
  float64: 4e-12,
  complex64: 4e-5,
  complex128: 4e-12,
}
const IS_ROUNDED = /sum|prod|mean|std|var|accumulate|sign|absolute|square/
/** NumPy leaves open which zero is the lesser. */
const IS_EXTREME = /min|max|clip/

function compared(result: unknown, { kind, op, ops, reduced, gives }: Case): string | undefined {
  const wanted = unpacked(gives as Packed) // no error
  if (isArray(result)) {
    const { dtype, shape } = result as NDArray
    if (dtype !== wanted.dtype || String(shape) !== String(wanted.shape)) {
      return `${dtype} (${shape}) for ${wanted.dtype} (${wanted.shape})`
    }
  } else if (wanted.ndim > 0) return 'a scalar'
  const [got, want] = [result instanceof NDArray ? result.toNested() : result, wanted.toNested()].map(flat) as [
    unknown[],
    unknown[],
  ]
  const what = [kind, op, ops, reduced].join()
  const tolerance = IS_ROUNDED.test(what) ? (TOLERANCE[wanted.dtype] ?? 0) : 0
  const at = want.findIndex((value, i) => !isSame(got[i], value, tolerance, IS_EXTREME.test(what)))
  return at < 0 ? undefined : `element ${at} is ${String(got[at])} for ${String(want[at])}`
}

function flat(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(flat)
  if (typeof value === 'object' && value !== null && 're' in value && 'im' in value) return [value.re, value.im]
  return [value]
}

function isSame(got: unknown, want: unknown, tolerance: number, anyZero: boolean): boolean {
  if (Object.is(got, want) || (anyZero && got === want)) return true
  if (typeof got === 'number' && typeof want === 'bigint') return BigInt(got) === want // places and counts
  if (typeof got !== 'number' || typeof want !== 'number') return false
  return Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want))
}
