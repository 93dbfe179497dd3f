// In the page: data whose every element is known, so that all of it can be checked without keeping a copy.

const valueAt = (index: number, seed: number): number => (Math.imul(index + 1, 0x9e3779b1) ^ seed) >>> 0

export function pattern(length: number, seed = 0): Uint32Array<ArrayBuffer> {
  const data = new Uint32Array(length)
  for (let i = 0; i < length; i++) data[i] = valueAt(i, seed)
  return data
}

/** The first index where data is not the pattern of its length; -1 where all of it is. */
export function firstDifference(data: ArrayLike<number>, seed = 0): number {
  for (let i = 0; i < data.length; i++) if (data[i] !== valueAt(i, seed)) return i
  return -1
}
