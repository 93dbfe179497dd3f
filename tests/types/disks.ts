// Types of disks, events, errors and options. Compiled, never run.
import {
  type ArrayInfo,
  type Disk,
  LazyDiskCacheConfig,
  MemoryBudgetError,
  openDisk,
  QuotaExceededError,
  type StorageUnavailableError,
  slice,
} from '../../src/index.js'
import { holds, type Same } from './expect-type.js'

export async function disks(): Promise<void> {
  await using disk = await openDisk({ name: 'a', backend: 'auto', durability: 'strict', lockTimeout: 0 })
  holds<Same<typeof disk, Disk>>()
  holds<Same<typeof disk.fallbackReason, StorageUnavailableError | undefined>>()
  holds<Same<Awaited<ReturnType<typeof disk.list>>, ArrayInfo[]>>()
  disk.memoryBudget = 5
  disk.addEventListener('load', (event) => holds<Same<typeof event.detail.milliseconds, number>>())
  disk.addEventListener('evict', (event) => {
    holds<Same<typeof event.detail.reason, 'memory' | 'disk' | 'expired' | 'tag'>>()
  })
  disk.addEventListener('anything', (event) => holds<Same<typeof event, Event>>())
  const { subscribe, getSnapshot } = disk
  holds<Same<ReturnType<typeof subscribe>, () => void>>()
  holds<Same<ReturnType<typeof getSnapshot>['role'], 'owner' | 'guest'>>()

  // @ts-expect-error: no such backend
  await openDisk({ backend: 'indexeddb' })
  // @ts-expect-error: no such option
  await openDisk({ names: 'a' })
  // @ts-expect-error: a disk is opened
  disk.name = 'b'
  // @ts-expect-error: no such field of the event
  disk.addEventListener('purge', (event) => event.detail.reason)
}

export function errors(error: unknown): void {
  if (error instanceof MemoryBudgetError) {
    holds<Same<typeof error.name, 'MemoryBudgetError'>>()
    holds<Same<typeof error.holders, readonly { readonly path: string | undefined; readonly byteLength: number }[]>>()
  }
  if (error instanceof QuotaExceededError) holds<Same<typeof error.quota, number | null>>()
}

export function config(given: LazyDiskCacheConfig): void {
  holds<Same<typeof given.cachePath, string | undefined>>()
  // @ts-expect-error: frozen
  given.enableCaching = true
  // @ts-expect-error: no such field
  new LazyDiskCacheConfig({ path: 'a' })
  const part = slice(1, null, -1)
  // @ts-expect-error: frozen
  part.start = 2
}
