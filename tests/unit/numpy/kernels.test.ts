// The generated kernels: up to date, complete, and fetched from one place only.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { generateKernels } from '../../../scripts/build-kernels.mjs'
import { DTYPE_NAMES } from '../../../src/core/dtype.js'
import type { Kernels } from '../../../src/core/numpy/kernel-table.js'
import { KERNELS } from '../../../src/core/numpy/kernels/index.js'
import { OPERATIONS, type Operation, type OperationName } from '../../../src/core/numpy/operations.js'

const folder = new URL('../../../src/core/numpy/kernels/', import.meta.url)
const tables: Readonly<Record<string, object>> = { ...KERNELS.unary, ...KERNELS.binary }
const SWAPPED = ['greater', 'greaterEqual']
const names = Object.keys(OPERATIONS) as OperationName[]

function loopsOf(name: OperationName): readonly string[] {
  const { loops }: Operation = OPERATIONS[name]
  return name.startsWith('logical') ? ['bool'] : loops
}

describe('kernels', () => {
  test('are what the generator writes', () => {
    const generated = generateKernels()
    const files = readdirSync(folder).filter((file) => file.endsWith('.generated.ts'))
    expect(files.sort()).toEqual([...generated.keys()].sort())
    for (const [file, text] of generated) expect(readFileSync(new URL(file, folder), 'utf8')).toBe(text)
  })

  test.each(names.filter((name) => !SWAPPED.includes(name)))('%s has one for every loop and no other', (name) => {
    const loops = Object.keys(tables[name] ?? {}).filter((key) => !key.includes(','))
    expect(loops.sort()).toEqual([...loopsOf(name)].sort())
  })

  test('share no function body between dtypes', () => {
    const all = Object.values(tables).flatMap((table) => Object.values(table))
    expect(new Set(all).size).toBe(all.length)
  })

  test('cast every dtype to bool and select by every item size', () => {
    expect(Object.keys(KERNELS.truth).sort()).toEqual([...DTYPE_NAMES].sort())
    expect(Object.keys(KERNELS.select satisfies Kernels['select'])).toEqual(['1', '2', '4', '8', '16'])
  })

  test('are imported by the synchronous operators alone', () => {
    const root = new URL('../../../src/', import.meta.url)
    const importing = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('kernels/'))
      .filter((file) => /^import .*from '\.\/kernels\//m.test(readFileSync(new URL(file, root), 'utf8')))
    expect(importing.filter((file) => !file.includes('reduce/'))).toEqual(['core/numpy/sync.ts'])
  })
})
