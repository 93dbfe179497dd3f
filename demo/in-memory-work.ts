// The comparison's other side: what a page without this library would do, plain loops over one typed array.

export type Numbers =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>

/** Two passes, as the operator's. */
export function moments(values: Numbers): { mean: number; std: number } {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index] as number
  const mean = sum / values.length
  let squares = 0
  for (let index = 0; index < values.length; index++) squares += ((values[index] as number) - mean) ** 2
  return { mean, std: Math.sqrt(squares / values.length) }
}

export function scaled(values: Numbers): Float32Array {
  const result = new Float32Array(values.length)
  for (let index = 0; index < values.length; index++) result[index] = (values[index] as number) * 2.5 + 1
  return result
}

export function binned(values: Numbers, bins: number, [min, max]: readonly [number, number]): Float64Array {
  const counts = new Float64Array(bins)
  const perValue = bins / (max - min)
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    if (value < min || value > max) continue
    const bin = Math.min(bins - 1, Math.floor((value - min) * perValue))
    counts[bin] = (counts[bin] as number) + 1
  }
  return counts
}

/** Copies squares of `edge` elements out of rows of `cols`. */
export function tilesOf(
  values: Numbers,
  cols: number,
  edge: number,
  corners: readonly (readonly [number, number])[],
): Numbers[] {
  return corners.map(([row, col]) => {
    const tile = new (values.constructor as new (length: number) => Numbers)(edge * edge)
    for (let line = 0; line < edge; line++) {
      const from = (row + line) * cols + col
      tile.set(values.subarray(from, from + edge), line * edge)
    }
    return tile
  })
}
