// Reads and keeps the tiles the map shows. A tile of step s is TILE × TILE samples, s elements apart, read by one strided `get`.
import { slice } from '../src/index.js'
import { numbersOf, type Raster } from './raster.js'
import { paintSamples } from './tile-image.js'
import type { Window } from './view.js'

/** Samples an edge of a tile. */
export const TILE = 256
const KEPT_TILES = 240
const READS_AT_ONCE = 3

export interface TileAddress {
  readonly step: number
  readonly row: number
  readonly col: number
}

/** An image of the tile's samples and, where there are any, of one more on each side, so that tiles join without seams. */
export interface Tile {
  readonly image: OffscreenCanvas
  /** The first sample of the image, counted in steps from the array's [0, 0]. */
  readonly firstRow: number
  readonly firstCol: number
}

export interface TileStats {
  readonly tiles: number
  readonly bytes: number
  /** Of the last 64 tiles; from asking to having the values. */
  readonly medianMilliseconds: number
}

const keyOf = ({ step, row, col }: TileAddress): string => `${step}/${row}/${col}`

export class TileCache {
  shaded: boolean
  readonly #raster: Raster
  readonly #onChange: () => void
  readonly #onError: (error: unknown) => void
  /** In order of last use. */
  readonly #tiles = new Map<string, Tile>()
  /** Shown until they are read anew. */
  readonly #stale = new Set<string>()
  readonly #reading = new Map<string, AbortController>()
  /** Wanted and neither kept nor being read; most wanted first. */
  #queue: TileAddress[] = []
  #closed = false
  #read = 0
  #bytes = 0
  readonly #times: number[] = []

  constructor(raster: Raster, onChange: () => void, onError: (error: unknown) => void) {
    this.#raster = raster
    this.shaded = raster.shaded
    this.#onChange = onChange
    this.#onError = onError
  }

  /** The tile, if it is here; asks for nothing. */
  peek(address: TileAddress): Tile | undefined {
    const key = keyOf(address)
    const tile = this.#tiles.get(key)
    if (tile) {
      this.#tiles.delete(key)
      this.#tiles.set(key, tile)
    }
    return tile
  }

  /** Says which tiles are wanted now, most wanted first; what is being read for an earlier wish is let go. */
  want(addresses: readonly TileAddress[]): void {
    const wanted = new Map(addresses.map((address) => [keyOf(address), address]))
    for (const [key, controller] of this.#reading) if (!wanted.has(key)) controller.abort()
    this.#queue = [...wanted].flatMap(([key, address]) =>
      (this.#tiles.has(key) && !this.#stale.has(key)) || this.#reading.has(key) ? [] : [address],
    )
    this.#pump()
  }

  /** Whether everything wanted is here. */
  get settled(): boolean {
    return this.#queue.length === 0 && this.#reading.size === 0
  }

  get stats(): TileStats {
    const sorted = this.#times.toSorted((a, b) => a - b)
    return { tiles: this.#read, bytes: this.#bytes, medianMilliseconds: sorted[sorted.length >> 1] ?? 0 }
  }

  /** Forgets every image, so that the next draw makes them anew. */
  repaint(): void {
    this.#tiles.clear()
    this.#onChange()
  }

  /** Elements in there were changed. */
  refresh(window: Window): void {
    for (const [key, controller] of this.#reading) if (meets(key, window)) controller.abort()
    for (const key of this.#tiles.keys()) if (meets(key, window)) this.#stale.add(key)
    this.#onChange()
  }

  close(): void {
    this.#closed = true
    this.#queue = []
    for (const controller of this.#reading.values()) controller.abort()
    this.#tiles.clear()
  }

  #pump(): void {
    while (this.#reading.size < READS_AT_ONCE) {
      const next = this.#queue.shift()
      if (!next) return
      void this.#load(next)
    }
  }

  async #load(address: TileAddress): Promise<void> {
    const key = keyOf(address)
    const controller = new AbortController()
    this.#reading.set(key, controller)
    try {
      const tile = await this.#readTile(address, controller.signal)
      if (!this.#closed && !controller.signal.aborted) this.#keep(key, tile)
    } catch (error) {
      if (!controller.signal.aborted) this.#onError(error)
    } finally {
      this.#reading.delete(key)
      this.#pump()
    }
    if (!this.#closed) this.#onChange()
  }

  #keep(key: string, tile: Tile): void {
    this.#tiles.set(key, tile)
    this.#stale.delete(key)
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= KEPT_TILES) break
      this.#tiles.delete(oldest)
    }
  }

  async #readTile({ step, row, col }: TileAddress, signal: AbortSignal): Promise<Tile> {
    const { array, grid, scale, noData } = this.#raster
    const rows = sampleSpan(row, step, grid.rows)
    const cols = sampleSpan(col, step, grid.cols)
    const asked = performance.now()
    const part = await array.get(
      [slice(rows.from * step, rows.to * step, step), slice(cols.from * step, cols.to * step, step)],
      { signal },
    )
    this.#note(performance.now() - asked, part.nbytes)
    const [height = 0, width = 0] = part.shape
    // Shadows of one strength at every step, for a surface that spans its range over a twelfth of the array.
    const slope = this.shaded ? ((scale.max - scale.min) * 12 * step) / Math.max(grid.rows, grid.cols) : 0
    const painted = paintSamples({ values: numbersOf(part), rows: height, cols: width, noData }, scale, { slope })
    return { image: withEdges(painted, row === 0, col === 0), firstRow: row * TILE - 1, firstCol: col * TILE - 1 }
  }

  #note(milliseconds: number, bytes: number): void {
    this.#read++
    this.#bytes += bytes
    this.#times.push(milliseconds)
    if (this.#times.length > 64) this.#times.shift()
  }
}

function meets(key: string, { rows, cols }: Window): boolean {
  const [step = 1, row = 0, col = 0] = key.split('/').map(Number)
  const isIn = (tile: number, [from, to]: readonly [number, number]) =>
    (tile * TILE - 1) * step < to && (tile + 1) * TILE * step >= from
  return isIn(row, rows) && isIn(col, cols)
}

/** The samples of a tile and one more on each side, as far as the array goes. */
function sampleSpan(tile: number, step: number, length: number): { from: number; to: number } {
  const samples = Math.ceil(length / step)
  return { from: Math.max(0, tile * TILE - 1), to: Math.min(samples, (tile + 1) * TILE + 1) }
}

/** A (TILE + 2)² image: where the array ends, its last samples are repeated. */
function withEdges(painted: ImageData, atTop: boolean, atLeft: boolean): OffscreenCanvas {
  const { width, height } = painted
  const image = new OffscreenCanvas(TILE + 2, TILE + 2)
  const context = image.getContext('2d')
  if (!context) throw new Error('This browser gives no 2-D canvas.')
  const [x, y] = [atLeft ? 1 : 0, atTop ? 1 : 0]
  context.putImageData(painted, x, y)
  if (atLeft) context.drawImage(image, 1, 0, 1, TILE + 2, 0, 0, 1, TILE + 2)
  if (x + width < TILE + 2) context.drawImage(image, x + width - 1, 0, 1, TILE + 2, x + width, 0, 1, TILE + 2)
  if (atTop) context.drawImage(image, 0, 1, TILE + 2, 1, 0, 0, TILE + 2, 1)
  if (y + height < TILE + 2) context.drawImage(image, 0, y + height - 1, TILE + 2, 1, 0, y + height, TILE + 2, 1)
  return image
}
