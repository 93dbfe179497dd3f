// The SIMD module is what its generator writes.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generateSimd } from '../../../scripts/build-simd.mjs'

const file = new URL('../../../src/core/numpy/simd/module.generated.ts', import.meta.url)

test('the SIMD module is what the generator writes', async () => {
  expect(readFileSync(file, 'utf8')).toBe((await generateSimd()).file)
})
