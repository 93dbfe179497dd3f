// The SIMD module: what its generator writes, and known to nobody who does not ask for it.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generateSimd } from '../../../scripts/build-simd.mjs'

const root = new URL('../../../src/', import.meta.url)

test('it is what the generator writes', async () => {
  const written = readFileSync(new URL('core/numpy/simd/module.generated.ts', root), 'utf8')
  expect(written).toBe((await generateSimd()).file)
})

test('core reaches no more of it than the accelerator that is current', () => {
  const imports = readdirSync(new URL('core', root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('simd/'))
    .flatMap((file) => [
      ...readFileSync(new URL(`core/${file}`, root), 'utf8').matchAll(/^(?:import|export) (?!type ).*\/simd\/(.*)'/gm),
    ])
  expect(new Set(imports.map(([, file]) => file))).toEqual(new Set(['current.js']))
})

test('the current accelerator brings no code with it', () => {
  const text = readFileSync(new URL('core/numpy/simd/current.ts', root), 'utf8')
  expect(text.match(/^import (?!type ).*$/gm)).toBeNull()
})
