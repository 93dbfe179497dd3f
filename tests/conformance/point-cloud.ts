// A class as users write one: it keeps its buffer itself, has a field of its own, and hooks that can be told to throw.
import {
  type Disk,
  type DType,
  LazyDiskCache,
  LazyDiskCacheConfig,
  type LazyDiskCacheSettings,
  registerLazyDiskCacheClass,
  type TypedArray,
} from '../../src/index.js'

export class PointCloud extends LazyDiskCache {
  name = ''
  /** What happened, in order. */
  readonly log: string[] = []
  /** Names of hooks that throw. */
  readonly failing = new Set<string>()
  xyz: Float32Array | undefined
  /** While there is no buffer. */
  #points = 0

  // biome-ignore lint/complexity/noUselessConstructor: it opens the protected one
  constructor() {
    super()
  }

  static async create(
    xyz: Float32Array,
    { disk, name = '', ...settings }: LazyDiskCacheSettings & { disk?: Disk; name?: string } = {},
  ): Promise<PointCloud> {
    const cloud = new PointCloud()
    cloud.name = name
    cloud.xyz = xyz
    await cloud.initFromConfig(new LazyDiskCacheConfig(settings), disk)
    return cloud
  }

  get points(): number {
    return this.xyz === undefined ? this.#points : this.xyz.length / 3
  }

  /** As a function. */
  readonly sum = LazyDiskCache.ensureLoaded(function (this: PointCloud): number {
    return Array.from(this.xyz ?? []).reduce((total, value) => total + value, 0)
  })

  /** As a decorator, on a method that writes. */
  @LazyDiskCache.ensureLoaded
  async scale(factor: number): Promise<void> {
    await Promise.resolve()
    this.xyz?.forEach((value, i, xyz) => {
      xyz[i] = value * factor
    })
  }

  @LazyDiskCache.ensureLoaded
  async breakDown(): Promise<void> {
    throw new RangeError('broken')
  }

  protected describeBuffer(): { shape: readonly number[]; dtype: DType; data: TypedArray } {
    this.#reach('describeBuffer')
    if (this.xyz === undefined) throw new Error('there is no buffer')
    return { ...this.describeShapeDtype(), data: this.xyz }
  }

  protected describeShapeDtype(): { shape: readonly number[]; dtype: DType } {
    return { shape: [this.points, 3], dtype: 'float32' }
  }

  protected dropBuffer(): void {
    this.#reach('dropBuffer')
    this.#points = this.points
    this.xyz = undefined
  }

  protected setBuffer(data: TypedArray): void {
    this.#reach('setBuffer')
    this.xyz = data as Float32Array // that is what describeBuffer said
  }

  protected override onLoad(): void {
    this.#reach('onLoad')
  }

  protected override async onOffload(): Promise<void> {
    this.#reach('onOffload')
  }

  protected override describeExtra(): unknown {
    this.#reach('describeExtra')
    return { name: this.name }
  }

  protected override restoreExtra(extra: unknown): void {
    this.#reach('restoreExtra')
    this.name = (extra as { name: string }).name
  }

  #reach(hook: string): void {
    this.log.push(hook)
    if (this.failing.has(hook)) throw new Error(`${hook} failed`)
  }
}

/** The name its objects are stored under: transpilers give decorated classes another one. */
export const POINT_CLOUD = 'conformance/PointCloud'

registerLazyDiskCacheClass(POINT_CLOUD, PointCloud)
