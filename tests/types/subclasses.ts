// Types of classes users write, and of stores of them. Compiled, never run.
import {
  type BufferDescription,
  type Disk,
  DiskBackedNDArray,
  DiskBackedStore,
  LazyDiskCache,
  LazyDiskCacheConfig,
  type LazyDiskCacheState,
  registerLazyDiskCacheClass,
  type TypedArray,
} from '../../src/index.js'
import { holds, type Same } from './expect-type.js'

class Mesh extends LazyDiskCache {
  #data: Float32Array | undefined = new Float32Array(3)

  private constructor() {
    super()
  }

  /** Of a signature of its own. */
  static async create(size: number, disk: Disk): Promise<Mesh> {
    const mesh = new Mesh()
    mesh.#data = new Float32Array(size)
    await mesh.initFromConfig(new LazyDiskCacheConfig({ enableCaching: true }), disk)
    return mesh
  }

  static fromState(text: string): string {
    return text
  }

  static override async revive(_state: LazyDiskCacheState, disk: Disk): Promise<Mesh> {
    return Mesh.create(0, disk)
  }

  @LazyDiskCache.ensureLoaded
  async total(factor: number): Promise<number> {
    return factor * (this.#data?.length ?? 0)
  }

  readonly volume = LazyDiskCache.ensureLoaded(function (this: Mesh, scale: number): number {
    return scale
  })

  protected describeBuffer(): BufferDescription {
    return { ...this.describeShapeDtype(), data: this.#data ?? new Float32Array() }
  }
  protected describeShapeDtype() {
    return { shape: [3], dtype: 'float32' } as const
  }
  protected dropBuffer(): void {
    this.#data = undefined
  }
  protected setBuffer(data: TypedArray): void {
    this.#data = data instanceof Float32Array ? data : undefined
  }
}

class Raster extends DiskBackedNDArray<'float32'> {
  protected override onLoad(): void {}
}

registerLazyDiskCacheClass('types/Mesh', Mesh)
registerLazyDiskCacheClass('types/Raster', Raster)
// @ts-expect-error: no class of ours
registerLazyDiskCacheClass('types/Date', Date)

export async function members(mesh: Mesh, disk: Disk): Promise<void> {
  const volume = await mesh.volume(2)
  holds<Same<typeof volume, number>>()
  holds<Same<Parameters<Mesh['total']>, [factor: number]>>()
  // @ts-expect-error: hooks are the class's own
  mesh.describeBuffer()
  // @ts-expect-error: it follows from the settings
  mesh.cacheEnabled = true
  mesh.automaticOffloading = true
  // @ts-expect-error: no such mode
  await mesh.load('rw')
  // @ts-expect-error: abstract
  new LazyDiskCache()

  const store = await disk.store<Mesh>('m', { factory: () => Mesh.create(3, disk), valueType: Mesh })
  const popped = await store.pop('a')
  holds<Same<typeof popped, Mesh | undefined>>()
  const found = await store.get('a', 'nothing')
  holds<Same<typeof found, Mesh | string>>()
  for await (const [key, value] of store) holds<Same<[typeof key, typeof value], [string, Mesh]>>()
  await disk.store('arrays', { valueType: DiskBackedNDArray, validator: (value) => value.ephemeral })
  const plain = await disk.store()
  holds<Same<typeof plain, DiskBackedStore<DiskBackedNDArray>>>()
  // @ts-expect-error: a store is read by its methods
  plain.store.set('a', undefined)
  // @ts-expect-error: it stands beside the config
  await disk.store('m', { config: new LazyDiskCacheConfig() })
  // @ts-expect-error: opened, not made
  new DiskBackedStore()
}
