// The EGM96 geoid resampled: from 15 arc-minutes to a finer (or coarser) grid, a band of rows at a time. Pure computing.

/** Rows 90° N to 90° S, columns 0° to 359.75° E, in metres; C order. */
export const SOURCE_ROWS = 721
export const SOURCE_COLS = 1440
const SOURCE_ARCMINUTES = 15

/** Grid steps that meet both poles and the antimeridian exactly. */
export const ARCMINUTES = [0.4, 0.5, 0.75, 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60] as const
export type Arcminutes = (typeof ARCMINUTES)[number]

/** 90° N to 90° S and 180° W to 180° E, both ends included: [10801, 21601] for one arc-minute. */
export function geoidShape(arcminutes: Arcminutes): readonly [rows: number, cols: number] {
  return [Math.round((180 * 60) / arcminutes) + 1, Math.round((360 * 60) / arcminutes) + 1]
}

/** For every output column its first source column (in a line that begins at 180° W, padded by one) and four weights. */
interface ColumnPlan {
  readonly first: Uint16Array
  readonly weights: Float32Array
}

/** Cubic convolution (Keys, a = -1/2): passes through the source values, smooth in between. */
function cubicWeights(t: number): readonly [number, number, number, number] {
  const t2 = t * t
  const t3 = t2 * t
  return [(-t3 + 2 * t2 - t) / 2, (3 * t3 - 5 * t2 + 2) / 2, (-3 * t3 + 4 * t2 + t) / 2, (t3 - t2) / 2]
}

function planColumns(arcminutes: Arcminutes): ColumnPlan {
  const cols = geoidShape(arcminutes)[1]
  const first = new Uint16Array(cols)
  const weights = new Float32Array(4 * cols)
  for (let col = 0; col < cols; col++) {
    const x = (col * arcminutes) / SOURCE_ARCMINUTES
    first[col] = Math.floor(x)
    weights.set(cubicWeights(x - Math.floor(x)), 4 * col)
  }
  return { first, weights }
}

/** Makes bands of rows of the resampled geoid. */
export class GeoidResampler {
  readonly rows: number
  readonly cols: number
  readonly #source: Float32Array
  readonly #arcminutes: Arcminutes
  readonly #plan: ColumnPlan
  /** One source-resolution line from 180° W, with one column before it and three after it repeated from the other end. */
  readonly #line = new Float32Array(SOURCE_COLS + 4)

  constructor(source: Float32Array, arcminutes: Arcminutes) {
    this.#source = source
    this.#arcminutes = arcminutes
    this.#plan = planColumns(arcminutes)
    const [rows, cols] = geoidShape(arcminutes)
    this.rows = rows
    this.cols = cols
  }

  /** Rows `firstRow` to `firstRow + count`, C order, metres. */
  band(firstRow: number, count: number): Float32Array<ArrayBuffer> {
    const band = new Float32Array(count * this.cols)
    for (let index = 0; index < count; index++) {
      this.#interpolateLine(firstRow + index)
      this.#interpolateAlong(band, index * this.cols)
    }
    return band
  }

  /** Between the source's rows, into #line. */
  #interpolateLine(row: number): void {
    const y = (row * this.#arcminutes) / SOURCE_ARCMINUTES
    const top = Math.floor(y)
    const line = this.#line
    line.fill(0)
    cubicWeights(y - top).forEach((weight, tap) => {
      if (weight === 0) return
      const { offset, shift } = sourceLine(top - 1 + tap)
      for (let col = 0; col < line.length; col++) {
        // Column 0 of #line lies one source column west of 180° W, which is source column 720.
        const from = (col - 1 + SOURCE_COLS / 2 + shift + SOURCE_COLS) % SOURCE_COLS
        line[col] = (line[col] ?? 0) + weight * (this.#source[offset + from] ?? 0)
      }
    })
  }

  #interpolateAlong(band: Float32Array, at: number): void {
    const { first, weights } = this.#plan
    const line = this.#line
    for (let col = 0, tap = 0; col < this.cols; col++, tap += 4) {
      const from = first[col] ?? 0
      band[at + col] =
        (weights[tap] ?? 0) * (line[from] ?? 0) +
        (weights[tap + 1] ?? 0) * (line[from + 1] ?? 0) +
        (weights[tap + 2] ?? 0) * (line[from + 2] ?? 0) +
        (weights[tap + 3] ?? 0) * (line[from + 3] ?? 0)
    }
  }
}

/** A line beyond a pole is the one before it, half a turn away. */
function sourceLine(row: number): { offset: number; shift: number } {
  const last = SOURCE_ROWS - 1
  const beyond = row < 0 || row > last
  const mirrored = row < 0 ? -row : row > last ? 2 * last - row : row
  return { offset: mirrored * SOURCE_COLS, shift: beyond ? SOURCE_COLS / 2 : 0 }
}
