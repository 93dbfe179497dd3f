// Speed of the block checksum, plain and SIMD, by block size: node bench/checksum.mjs
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

/** @typedef {typeof import('../src/engine/checksum.js')} ChecksumModule */
/** @typedef {import('../src/engine/checksum.js').Checksum} Checksum */

const MIB = 2 ** 20
const ROUNDS = 15
const BYTES_PER_ROUND = 64 * MIB
const sizes = [256, 4096, 65_536, MIB]

/** @type {{ module: ChecksumModule }} */
const { module } = await runnerImport(fileURLToPath(new URL('../src/engine/checksum.ts', import.meta.url)))
const pool = Uint8Array.from({ length: MIB + 1 }, (_, index) => (index * index) >> 3)

/**
 * The best of several rounds, in bytes per nanosecond (GB/s).
 * @param {Checksum} sum
 * @param {Uint8Array} bytes
 */
function speedOf(sum, bytes) {
  const calls = Math.min(100_000, BYTES_PER_ROUND / bytes.length)
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let call = 0; call < calls; call++) sum(bytes)
    best = Math.min(best, performance.now() - start)
  }
  return (calls * bytes.length) / (best * 1e6)
}

/** @type {[string, Checksum | undefined][]} */
const implementations = [
  ['plain JavaScript', module.createPlainSumming().one],
  ['WebAssembly SIMD, with the copy in', module.createSimdSumming()?.one],
]
for (const [name, sum] of implementations) {
  console.log(sum ? name : `${name}: not available here`)
  if (!sum) continue
  for (const size of sizes) {
    const aligned = speedOf(sum, pool.subarray(0, size))
    const unaligned = speedOf(sum, pool.subarray(1, size + 1))
    console.log(
      `  ${String(size).padStart(8)} B  ${aligned.toFixed(2)} GB/s  at an odd offset ${unaligned.toFixed(2)} GB/s`,
    )
  }
}
