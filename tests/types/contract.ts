// Every public export has the signature that was agreed on: contract/lazy-disk-cache.d.ts.
import * as library from '../../src/index.js'
import type * as Agreed from './contract/lazy-disk-cache.js'
import { holds, type Same } from './expect-type.js'

/** What is agreed on can be done with what there is. */
type Fits<Actual, Expected> = [Actual] extends [Expected] ? TakesOptions<Actual, Expected> : false
/** Assignability does not ask whether a parameter knows every optional field. */
type TakesOptions<Actual, Expected> = false extends {
  [K in keyof Expected]: K extends keyof Actual
    ? KnowsFields<ParametersOf<Actual[K]>, ParametersOf<Expected[K]>>
    : false
}[keyof Expected]
  ? false
  : true
type ParametersOf<F> = F extends (...parameters: infer P) => unknown ? P : []
type KnowsFields<Actual extends unknown[], Expected extends unknown[]> = {
  [I in keyof Expected]-?: I extends keyof Actual
    ? [keyof NonNullable<Expected[I]>] extends [keyof NonNullable<Actual[I]>]
      ? true
      : false
    : false
}[number]
/** Each can stand for the other: the same fields, however they are put together. */
type Alike<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
/** readonly is told apart, which assignability does not. */
type SameFields<A, B> = Same<{ [K in keyof A]: A[K] }, { [K in keyof B]: B[K] }>

// Values
holds<Same<library.DType, Agreed.DType>>()
holds<SameFields<library.Complex, Agreed.Complex>>()
holds<Same<{ [D in library.DType]: library.Scalar<D> }, { [D in Agreed.DType]: Agreed.Scalar<D> }>>()
holds<Same<{ [D in library.DType]: library.TypedArray<D> }, { [D in Agreed.DType]: Agreed.TypedArray<D> }>>()
holds<SameFields<library.Slice, Agreed.Slice>>()
holds<Fits<typeof library.slice, Agreed.slice>>()
holds<Same<library.Selection, Agreed.Selection>>()
holds<Fits<Agreed.ArrayData, library.ArrayData>>()
holds<SameFields<library.WorkOptions, Agreed.WorkOptions>>()
holds<Same<library.Casting, Agreed.Casting>>()
holds<Fits<Agreed.Operand | Agreed.TypedArray, library.Operand>>()
holds<Same<library.JsonObject, Agreed.JsonObject>>()

// In memory
holds<Fits<typeof library.NDArray, Agreed.NDArrayStatics>>()
holds<Fits<library.NDArray<'int64'>, Agreed.NDArrayMembers<'int64'>>>()
holds<Fits<library.NDArray<'float16'>, Agreed.NDArrayMembers<'float16'>>>()
holds<Fits<library.NDArray, Agreed.NDArrayMembers<library.DType>>>()

// On disk
holds<SameFields<library.LazyDiskCacheSettings, Agreed.LazyDiskCacheSettings>>()
holds<Fits<typeof library.LazyDiskCacheConfig, Agreed.LazyDiskCacheConfigStatics>>()
holds<Fits<library.LazyDiskCacheConfig, Agreed.LazyDiskCacheConfigMembers>>()
holds<Same<library.LoadMode, Agreed.LoadMode>>()
holds<SameFields<library.LazyDiskCacheState, Agreed.LazyDiskCacheState>>()
holds<Fits<typeof library.LazyDiskCache, Agreed.LazyDiskCacheStatics>>()
holds<Fits<library.LazyDiskCache, Agreed.LazyDiskCacheMembers>>()
holds<Fits<typeof library.registerLazyDiskCacheClass, Agreed.registerLazyDiskCacheClass>>()
holds<Fits<library.ArrayView<'bool'>, Agreed.ArrayViewMembers<'bool'>>>()
holds<Fits<library.ArrayView, Agreed.ArrayViewMembers<library.DType>>>()
holds<SameFields<library.CreateOptions<'int8'>, Agreed.CreateOptions<'int8'>>>()
holds<Fits<typeof library.DiskBackedNDArray, Agreed.DiskBackedNDArrayStatics>>()
holds<Fits<library.DiskBackedNDArray<'uint64'>, Agreed.DiskBackedNDArrayMembers<'uint64'>>>()
holds<Fits<library.DiskBackedNDArray, Agreed.DiskBackedNDArrayMembers<library.DType>>>()

// The disk
/** Watermarks are this library's own. */
holds<SameFields<Omit<library.DiskOptions, 'memoryWatermarks'>, Agreed.DiskOptions>>()
holds<Fits<typeof library.openDisk, Agreed.openDisk>>()
holds<SameFields<library.ArrayInfo, Agreed.ArrayInfo>>()
holds<SameFields<library.Problem, Agreed.Problem>>()
holds<SameFields<library.DiskEventMap, Agreed.DiskEventMap>>()
holds<Fits<library.Disk, Agreed.DiskMembers>>()
holds<Fits<library.Disk, AsyncDisposable>>()
holds<SameFields<library.DiskUsage, Agreed.DiskUsage>>()
holds<SameFields<library.DiskStats, Agreed.DiskStats>>()
holds<SameFields<library.DiskSnapshot, Agreed.DiskSnapshot>>()
holds<Fits<typeof library.listDisks, Agreed.listDisks>>()
holds<Fits<typeof library.deleteDisk, Agreed.deleteDisk>>()

// The store
type Store = library.StoreOptions<library.DiskBackedNDArray>
type AgreedStore = Agreed.StoreOptions<library.DiskBackedNDArray>
holds<Same<keyof Store, keyof AgreedStore>>()
holds<AgreedStore extends Store ? true : false>()
holds<Fits<typeof library.DiskBackedStore, Agreed.DiskBackedStoreStatics>>()
holds<Fits<library.DiskBackedStore, Agreed.DiskBackedStoreMembers<library.DiskBackedNDArray>>>()
holds<Fits<library.DiskBackedStore<library.LazyDiskCache>, Agreed.DiskBackedStoreMembers<library.LazyDiskCache>>>()

// In and out
holds<Same<library.ByteSource, Agreed.ByteSource>>()
holds<Fits<typeof library.fromNpy, Agreed.fromNpy>>()
holds<Fits<typeof library.toNpy, Agreed.toNpy>>()
holds<Fits<typeof library.fromNpz, Agreed.fromNpz>>()
holds<Fits<typeof library.toNpz, Agreed.toNpz>>()
holds<Fits<typeof library.openRemoteNpy, Agreed.openRemoteNpy>>()
holds<Fits<typeof library.exportStore, Agreed.exportStore>>()
holds<Fits<typeof library.exportStoreZip, Agreed.exportStoreZip>>()
holds<Fits<typeof library.importStore, Agreed.importStore>>()
holds<library.DiskBackedStore extends Parameters<typeof library.exportStore>[0] ? true : false>()

// Errors: classes below LazyDiskCacheError, each with the fields it is to have.
type Failures = { [K in keyof Agreed.Failures]: InstanceType<(typeof library)[K]> }
holds<Fits<Failures, Agreed.Failures>>()
holds<Failures[keyof Failures] extends library.LazyDiskCacheError ? true : false>()
holds<Alike<Failures['MemoryBudgetError']['holders'], Agreed.Failures['MemoryBudgetError']['holders']>>()

// Type predicates narrow.
export function narrowed(memory: library.NDArray, disk: library.DiskBackedNDArray): void {
  if (memory.is('int32')) holds<Same<typeof memory.data, Int32Array>>()
  if (disk.is('complex64')) holds<Same<ReturnType<typeof disk.item>, Promise<library.Complex>>>()
}

/** A subclass as one writes it from what was agreed on: each protected member is there, with its signature. */
export class Series extends library.LazyDiskCache {
  #values: Float32Array | undefined
  #label = ''

  static async create(values: Float32Array, disk: library.Disk): Promise<Series> {
    const series = new Series()
    series.#values = values
    await series.initFromConfig(new library.LazyDiskCacheConfig({ enableCaching: true }), disk)
    await series.initFromConfig(new library.LazyDiskCacheConfig())
    return series
  }

  async convert(): Promise<void> {
    holds<Same<ReturnType<Series['convertToDisk']>, Promise<void>>>()
    holds<Same<ReturnType<Series['convertToMemory']>, Promise<void>>>()
    await this.convertToDisk()
    await this.convertToMemory()
  }

  @library.LazyDiskCache.ensureLoaded
  async first(): Promise<number | undefined> {
    return this.#values?.[0]
  }

  protected override describeBuffer(): { shape: readonly number[]; dtype: library.DType; data: library.TypedArray } {
    return { shape: [1], dtype: 'float32', data: this.#values ?? new Float32Array(1) }
  }
  protected override describeShapeDtype(): { shape: readonly number[]; dtype: library.DType } {
    return { shape: [1], dtype: 'float32' }
  }
  protected override dropBuffer(): void {
    this.#values = undefined
  }
  protected override setBuffer(data: library.TypedArray): void {
    if (data instanceof Float32Array) this.#values = data
  }
  protected override onLoad(): void | Promise<void> {}
  protected override onOffload(): void | Promise<void> {}
  protected override describeExtra(): unknown {
    return this.#label
  }
  protected override restoreExtra(extra: unknown): void {
    this.#label = String(extra)
  }
}
library.registerLazyDiskCacheClass('Series', Series)

/** The four hooks of an array, for classes below it. */
export class Image<D extends library.DType = library.DType> extends library.DiskBackedNDArray<D> {
  protected override describeBuffer(): { shape: readonly number[]; dtype: D; data: library.TypedArray<D> } {
    return super.describeBuffer()
  }
  protected override describeShapeDtype(): { shape: readonly number[]; dtype: D } {
    return super.describeShapeDtype()
  }
  protected override dropBuffer(): void {
    super.dropBuffer()
  }
  protected override setBuffer(data: library.TypedArray): void {
    super.setBuffer(data)
  }
}
