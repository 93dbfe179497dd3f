// A handle on a session: the disk as users hold it.
import { DiskBackedNDArray } from './array.js'
import type { LazyDiskCache } from './cache.js'
import type { WorkOptions } from './call.js'
import { LazyDiskCacheConfig, settingsOf } from './config.js'
import type { DType, Scalar } from './core/dtype.js'
import { DTypeError } from './core/errors.js'
import { NDArray } from './core/ndarray.js'
import { checkPath } from './core/path.js'
import {
  type ArrayData,
  type ByteStream,
  type Content,
  type CreateOptions,
  checkCreateOptions,
  make,
  repeated,
} from './creation.js'
import { custodyOf } from './custodies.js'
import type { Disk, DiskStoreOptions } from './disk.js'
import { infoOf, statsOf, storageManager, usageOf } from './disk-info.js'
import { asyncDispose } from './disposal.js'
import type { ArrayInfo, DiskSnapshot, DiskStats, DiskUsage } from './events.js'
import { getOrCreate } from './get-or-create.js'
import { bindHandle, sessionOf, unbindHandle } from './handles.js'
import { isTag } from './lifetime.js'
import { type MemoizeOptions, memoize } from './memoize.js'
import type { Problem } from './protocol.js'
import type { Session } from './session.js'
import type { DiskBackedStore } from './store.js'
import { reporter, workOptions } from './work-options.js'

export class DiskHandle extends EventTarget implements Disk {
  readonly #session: Session
  /** Called when the handle is to be closed: ends the session with the last one. */
  readonly #end: (options: { discard?: boolean }) => Promise<void>
  #closing: Promise<void> | undefined

  constructor(session: Session, end: (options: { discard?: boolean }) => Promise<void>) {
    super()
    this.#session = session
    this.#end = end
    bindHandle(this, session)
  }

  get name(): string {
    return this.#session.name
  }

  get backend(): 'opfs' | 'memory' {
    return this.#session.connection.backend
  }

  get role(): 'owner' | 'guest' {
    return this.#session.snapshot.role
  }

  get fallbackReason(): Disk['fallbackReason'] {
    return this.#session.connection.fallbackReason
  }

  get memoryBudget(): number {
    return this.#session.budget.limit
  }

  set memoryBudget(bytes: number) {
    checkBudget(bytes)
    void this.#session.budget.setLimit(bytes)
  }

  async setMemoryBudget(bytes: number): Promise<void> {
    checkBudget(bytes)
    await this.#open().budget.setLimit(bytes)
  }

  async array<D extends DType>(
    data: ArrayData | ByteStream,
    options: CreateOptions<D> = {},
  ): Promise<DiskBackedNDArray<D>> {
    this.#open()
    return DiskBackedNDArray.create(data, this.#kept(options))
  }

  async zeros<D extends DType>(
    shape: readonly number[],
    dtype: D,
    options: CreateOptions<D> = {},
  ): Promise<DiskBackedNDArray<D>> {
    return this.#make<D>(repeated(shape, dtype, undefined), options)
  }

  async full<D extends DType>(
    shape: readonly number[],
    value: Scalar<D>,
    dtype: D,
    options: CreateOptions<D> = {},
  ): Promise<DiskBackedNDArray<D>> {
    return this.#make<D>(repeated(shape, dtype, NDArray.from(value, { dtype, shape: [] }).data), options)
  }

  async getOrCreate<D extends DType>(
    path: string,
    make: () => Promise<ArrayData>,
    options: CreateOptions<D> = {},
  ): Promise<DiskBackedNDArray<D>> {
    this.#open()
    return getOrCreate(this, path, make, options)
  }

  memoize<A extends unknown[]>(
    compute: (...args: A) => Promise<ArrayData>,
    options: MemoizeOptions<A>,
  ): (...args: A) => Promise<DiskBackedNDArray> {
    return memoize(this, compute, options)
  }

  async openArray<D extends DType = DType>(
    path: string,
    { dtype, mode = 'r+', signal }: { dtype?: D; mode?: 'r' | 'r+'; signal?: AbortSignal } = {},
  ): Promise<DiskBackedNDArray<D>> {
    if (mode !== 'r' && mode !== 'r+')
      throw new TypeError(`an array is opened in mode 'r' or 'r+', got ${String(mode)}`)
    checkPath(path)
    signal?.throwIfAborted()
    const session = this.#open()
    return session.run(async () => {
      const meta = await session.call('open', { path })
      const array = Reflect.construct(DiskBackedNDArray, []) as DiskBackedNDArray<D> // checked below
      const custody = custodyOf(array)
      const config = { enableCaching: true, cachePath: path, purgeDiskOnGc: false }
      custody.configure(new LazyDiskCacheConfig(config), session)
      await custody.adopt(session, meta)
      custody.isReadOnly = mode === 'r'
      if (dtype === undefined || meta.dtype === dtype) return array
      await custody.residency?.detach(custody.occupant)
      throw new DTypeError(`array '${path}' is of ${meta.dtype}, not ${dtype}: read it as another dtype with astype`)
    })
  }

  async store<T extends LazyDiskCache = DiskBackedNDArray>(
    cachePath?: string,
    options: DiskStoreOptions<T> = {},
  ): Promise<DiskBackedStore<T>> {
    this.#open()
    const purgeDiskOnGc = cachePath === undefined
    const path = cachePath === undefined ? {} : { cachePath }
    const config = new LazyDiskCacheConfig({ enableCaching: true, purgeDiskOnGc, ...settingsOf(options), ...path })
    const { factory, valueType, validator, expire, tags } = options
    const own = { ...(factory && { factory }), ...(valueType && { valueType }), ...(validator && { validator }) }
    const lifetime = { ...(expire !== undefined && { expire }), ...(tags && { tags }) }
    const stores = await import('./store.js') // of no use to pages without stores
    return stores.DiskBackedStore.open<T>({ ...own, ...lifetime, config, disk: this })
  }

  async list(prefix = ''): Promise<ArrayInfo[]> {
    const session = this.#open()
    const metas = await session.run(() => session.call('list', { prefix }))
    return metas.map((meta) => infoOf(session, meta))
  }

  async has(path: string): Promise<boolean> {
    checkPath(path)
    const session = this.#open()
    const meta = await session.run(() => session.call('stat', { path }))
    return meta !== undefined && !meta.ephemeral
  }

  async delete(path: string): Promise<boolean> {
    checkPath(path)
    const session = this.#open()
    const gone = await session.at(path, () => session.call('delete', { paths: [path] }))
    session.gone(gone, 'was deleted')
    return gone.length > 0
  }

  async rename(from: string, to: string): Promise<void> {
    checkPath(from)
    checkPath(to)
    const session = this.#open()
    const meta = await session.at(from, () => session.call('rename', { from, to }))
    session.knows(meta.incarnation)?.learn(meta)
  }

  async clear(options: WorkOptions = {}): Promise<void> {
    const session = this.#open()
    const { liveBytes } = session.snapshot
    const report = reporter(options, liveBytes)
    report(0)
    options.signal?.throwIfAborted()
    report(liveBytes)
    session.gone(await session.run(() => session.call('clear', {})), 'was deleted')
  }

  async evict({ tag }: { tag: string }): Promise<number> {
    if (!isTag(tag)) throw new TypeError(`evict: a tag is a well-formed string, got ${String(tag)}`)
    const session = this.#open()
    return session.run(() => session.call('evict', { tag }))
  }

  async usage(): Promise<DiskUsage> {
    const session = this.#open()
    return session.run(() => usageOf(session))
  }

  async stats(): Promise<DiskStats> {
    const session = this.#open()
    return session.run(() => statsOf(session))
  }

  async check(options: WorkOptions & { fix?: boolean } = {}): Promise<{ problems: Problem[]; fixed: boolean }> {
    const session = this.#open()
    return session.run(() => session.call('check', { fix: options.fix === true }, workOptions(options)))
  }

  async flush(options: WorkOptions = {}): Promise<void> {
    const session = this.#open()
    await session.run(() => session.flush(options))
  }

  async compact(options: WorkOptions = {}): Promise<void> {
    const session = this.#open()
    await session.run(() => session.call('compact', {}, workOptions(options)))
  }

  async persist(): Promise<boolean> {
    this.#open()
    return (await storageManager()?.persist()) ?? false
  }

  async connect(): Promise<MessagePort> {
    return this.#open().connection.connect()
  }

  close(options: { discard?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#end(options).then(
      () => unbindHandle(this),
      (error: unknown) => {
        this.#closing = undefined
        throw error
      },
    )
    return this.#closing
  }

  [asyncDispose](): Promise<void> {
    return this.close()
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#session.subscribe(listener)

  readonly getSnapshot = (): DiskSnapshot => this.#session.snapshot

  /** Errors: DiskClosedError. */
  #open(): Session {
    return sessionOf(this)
  }

  /** With caching on, and kept where there is a path. */
  #kept<D extends DType>(options: CreateOptions<D>): CreateOptions<D> {
    return { enableCaching: true, purgeDiskOnGc: options.cachePath === undefined, ...options, disk: this }
  }

  async #make<D extends DType>(content: Content, options: CreateOptions<D>): Promise<DiskBackedNDArray<D>> {
    checkCreateOptions(options)
    const array = Reflect.construct(DiskBackedNDArray, []) as DiskBackedNDArray<D> // the content's dtype is D
    await this.#open().run(() => make(custodyOf(array), content, this.#kept(options)))
    return array
  }
}

function checkBudget(bytes: number): void {
  if (typeof bytes !== 'number' || !(bytes >= 0))
    throw new TypeError(`a memory budget is a number of bytes, got ${String(bytes)}`)
}
