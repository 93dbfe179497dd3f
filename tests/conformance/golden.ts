// Every golden case recorded from NumPy, its operands and results on disk, in memory, and some here, some there.

import { setTileSize } from '../../src/core/numpy/tiles.js'
import { type Disk, DiskBackedNDArray, type DiskBackedStore, NDArray } from '../../src/index.js'
import * as numpy from '../../src/numpy.js'
import { deepEqual } from '../support/assert.js'
import { readCompressed } from '../support/compressed.js'
import type { Case } from '../support/conformance.js'
import {
  asArray,
  baseOf,
  difference,
  type GoldenArray,
  type GoldenCase,
  type GoldenOperand,
  nameOf,
  operandOf,
  viewOf,
  wrongError,
} from '../support/golden.js'

const FILES = ['numpy-golden', 'numpy-elementwise'] as const
/** Calls at once: more do not make it faster. */
const CALLS = 64
/** Arrays put on disk in one commit. */
const ENTRIES = 500

async function readCases(file: (typeof FILES)[number]): Promise<GoldenCase[]> {
  const { cases } = (await readCompressed(`tests/unit/numpy/${file}.json.gz`)) as { cases: GoldenCase[] }
  return cases.filter(({ flags }) => flags?.includes('platform') !== true)
}

/** Which operands are on disk, and whether the results are. */
interface Placement {
  readonly name: string
  isOnDisk(position: number): boolean
  readonly isResultOnDisk: boolean
}

const PLACEMENTS: readonly Placement[] = [
  { name: 'on disk', isOnDisk: () => true, isResultOnDisk: false },
  { name: 'on disk into arrays on disk', isOnDisk: () => true, isResultOnDisk: true },
  { name: 'the first in memory, the others on disk', isOnDisk: (position) => position > 0, isResultOnDisk: false },
  { name: 'in memory into arrays on disk', isOnDisk: () => false, isResultOnDisk: true },
  { name: 'in memory', isOnDisk: () => false, isResultOnDisk: false },
]

type Prepared = { readonly golden: GoldenCase; readonly operands: readonly unknown[]; readonly outs: unknown[] }

/** Puts what is to be on disk there. */
async function prepare(disk: Disk, cases: readonly GoldenCase[], placement: Placement): Promise<Prepared[]> {
  const entries: [string, NDArray][] = []
  const put = (key: string, array: NDArray) => void entries.push([key, array])
  cases.forEach((golden, i) => {
    golden.args.forEach((given, position) => {
      if (isArray(given) && isKept(golden, position, placement)) put(`${i}/${position}`, baseOf(given))
    })
    outsOf(golden, placement).forEach(({ shape, dtype }, position) => {
      put(`${i}/out${position}`, NDArray.zeros(shape, dtype))
    })
  })
  const store: DiskBackedStore = await disk.store()
  for (let start = 0; start < entries.length; start += ENTRIES) {
    const some = entries.slice(start, start + ENTRIES)
    await store.setMany(some)
    await store.offload(some.map(([key]) => key))
  }
  const found = store.store
  return cases.map((golden, i) => ({
    golden,
    operands: golden.args.map((given, position) => {
      const kept = found.get(`${i}/${position}`)
      return kept !== undefined && isArray(given) ? viewOf(given, kept) : operandOf(given)
    }),
    outs: outsOf(golden, placement).map((_, position) => found.get(`${i}/out${position}`)),
  }))
}

function isArray(given: GoldenOperand): given is Exclude<GoldenOperand, null | { py: unknown }> {
  return given !== null && !('py' in given)
}

/** Views of arrays on disk cannot be written to: there the array in place of which the result comes stays in memory. */
function isKept(golden: GoldenCase, position: number, placement: Placement): boolean {
  const given = golden.args[position]
  const isView = given !== undefined && given !== null && 'view' in given && given.view?.length !== 0
  if (isInPlace(golden) && position === 0 && isView) return false
  return placement.isOnDisk(position)
}

function outsOf(golden: GoldenCase, { isResultOnDisk }: Placement): readonly GoldenArray[] {
  if (!isResultOnDisk || isInPlace(golden) || golden.error !== undefined || golden.op === 'astype') return []
  return golden.outs ?? (golden.out === undefined ? [] : [golden.out])
}

function isInPlace({ flags }: GoldenCase): boolean {
  return flags?.includes('inplace') === true
}

const functions = numpy as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>

async function run({ golden: { op, kw = {}, flags }, operands, outs }: Prepared): Promise<unknown> {
  const out = flags?.includes('inplace') ? operands[0] : outs.length > 1 ? outs : outs[0]
  const options = out === undefined ? kw : { ...kw, out }
  const call = functions[nameOf(op)]
  if (call === undefined) throw new Error(`there is no ${nameOf(op)}`)
  if (op === 'astype') return call(operands[0], kw['dtype'], { casting: kw['casting'] })
  const result =
    op === 'outer' ? await call(nameOf(String(kw['op'])), ...operands, options) : await call(...operands, options)
  const given = outs.length > 1 ? outs : [out]
  const results = outs.length > 1 ? (result as unknown[]) : [result]
  if (out !== undefined && !results.every((one, i) => one === given[i])) throw new Error('did not give out itself')
  return result
}

/** Undefined where a case gives what NumPy gave, else what differs. */
async function problemOf(prepared: Prepared): Promise<string | undefined> {
  const { golden } = prepared
  const { out, outs = out === undefined ? [] : [out], compare = 'exact', error } = golden
  let results: unknown
  try {
    results = await run(prepared)
  } catch (caught) {
    return error === undefined ? `threw ${String(caught)}` : wrongError(caught, error)
  }
  if (error !== undefined) return `did not throw ${error.message}`
  const values = outs.length > 1 ? (results as unknown[]) : [results]
  for (const [i, expected] of outs.entries()) {
    const value = values[i] instanceof DiskBackedNDArray ? await values[i].get() : values[i]
    const problem = difference(asArray(value, golden.op, expected.dtype), expected, compare)
    if (problem !== undefined) return problem
  }
  return undefined
}

async function problemsOf(all: readonly Prepared[]): Promise<string[]> {
  const problems: string[] = []
  for (let start = 0; start < all.length; start += CALLS) {
    const found = await Promise.all(
      all.slice(start, start + CALLS).map(async (prepared) => [prepared.golden, await problemOf(prepared)] as const),
    )
    for (const [{ id, op }, problem] of found) if (problem !== undefined) problems.push(`${id} ${op}: ${problem}`)
  }
  return problems
}

/** Elements of a small tile. In OPFS each costs a read and a write, most of all in Firefox: there it has more. */
const SMALL_TILE = { memory: 7, opfs: 31 }

/** The many cases of single functions are not written to disk in both. */
function tilesFor(file: (typeof FILES)[number], { isResultOnDisk }: Placement): ('small' | 'the usual')[] {
  return file === 'numpy-elementwise' && isResultOnDisk ? ['small'] : ['small', 'the usual']
}

export const goldenCasesOfNumPy: Case[] = FILES.flatMap((file) =>
  PLACEMENTS.flatMap((placement) =>
    tilesFor(file, placement).map(
      (tile): Case => ({
        name: `the results of ${file}: operands ${placement.name}, in ${tile} tiles`,
        async run(t) {
          const disk = await t.openDisk()
          const prepared = await prepare(disk, await readCases(file), placement)
          if (tile === 'small') setTileSize(SMALL_TILE[t.backend])
          try {
            deepEqual(await problemsOf(prepared), [])
          } finally {
            setTileSize()
          }
        },
      }),
    ),
  ),
)
