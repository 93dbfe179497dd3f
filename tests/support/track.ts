// A class of a user's own: its buffer is a track of points, its extra a label with when it was taken.
import {
  type Disk,
  LazyDiskCache,
  LazyDiskCacheConfig,
  type LazyDiskCacheSettings,
  type TypedArray,
} from '../../src/index.js'

interface Extra {
  readonly label: string
  readonly taken: Date
  readonly marks: Map<string, number>
}

export class Track extends LazyDiskCache {
  #points: Float64Array | undefined
  #shape: readonly number[] = [0, 3]
  extra: Extra = { label: '', taken: new Date(0), marks: new Map() }

  static async create(points: Float64Array, extra: Extra, settings: LazyDiskCacheSettings, disk: Disk): Promise<Track> {
    const track = new Track()
    track.#points = points
    track.#shape = [points.length / 3, 3]
    track.extra = extra
    await track.initFromConfig(new LazyDiskCacheConfig(settings), disk)
    return track
  }

  /** The sum of all coordinates. */
  readonly total = LazyDiskCache.ensureLoaded(function (this: Track): number {
    let sum = 0
    for (const value of this.#points ?? []) sum += value
    return sum
  })

  protected override describeShapeDtype(): { shape: readonly number[]; dtype: 'float64' } {
    return { shape: this.#shape, dtype: 'float64' }
  }

  protected override describeBuffer(): { shape: readonly number[]; dtype: 'float64'; data: TypedArray } {
    if (this.#points === undefined) throw new Error('not loaded')
    return { ...this.describeShapeDtype(), data: this.#points }
  }

  protected override dropBuffer(): void {
    this.#points = undefined
  }

  protected override setBuffer(data: TypedArray): void {
    if (!(data instanceof Float64Array)) throw new TypeError('a track is of float64')
    this.#points = data
    this.#shape = [data.length / 3, 3]
  }

  protected override describeExtra(): Extra {
    return this.extra
  }

  protected override restoreExtra(extra: unknown): void {
    this.extra = extra as Extra // what describeExtra gave
  }
}
