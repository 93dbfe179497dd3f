// The generated loops of reductions are what their generator writes.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { reductionKernels } from '../../../scripts/build-reduction-kernels.mjs'

const folder = new URL('../../../src/core/numpy/reduce/kernels/', import.meta.url)
const files: Readonly<Record<string, string>> = reductionKernels()

test('there are no other files', () => {
  expect(readdirSync(folder).toSorted()).toEqual(Object.keys(files).toSorted())
})

test.each(Object.keys(files))('%s is what the generator writes', (name) => {
  expect(readFileSync(new URL(name, folder), 'utf8')).toBe(files[name])
})
