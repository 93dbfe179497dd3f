// 64-bit integers to float64, from their two words: `Number(bigint)` is ten times slower.

export function int64ToFloat64(n: number, a: BigInt64Array, out: Float64Array): void {
  const high = new Int32Array(a.buffer, a.byteOffset, 2 * n)
  const low = new Uint32Array(a.buffer, a.byteOffset, 2 * n)
  for (let i = 0; i < n; i++) out[i] = (high[2 * i + 1] as number) * 2 ** 32 + (low[2 * i] as number)
}

export function uint64ToFloat64(n: number, a: BigUint64Array, out: Float64Array): void {
  const words = new Uint32Array(a.buffer, a.byteOffset, 2 * n)
  for (let i = 0; i < n; i++) out[i] = (words[2 * i + 1] as number) * 2 ** 32 + (words[2 * i] as number)
}
