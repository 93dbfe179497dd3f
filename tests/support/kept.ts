// In the page: the disk and the arrays that a test keeps between its steps.
import { type Disk, type DiskBackedNDArray, type DiskOptions, openDisk } from '../../src/index.js'

let current: Disk | undefined

/** Opens a disk; `disk()` gives it from then on. */
export async function open(options: DiskOptions = {}): Promise<Disk> {
  current = await openDisk({ name: 'behaviour', lockTimeout: 30_000, ...options })
  return current
}

export function disk(): Disk {
  if (current === undefined) throw new Error('no disk was opened')
  return current
}

/** Arrays by a name of the test's own. */
const arrays = new Map<string, DiskBackedNDArray>()

export function keep(name: string, array: DiskBackedNDArray): void {
  arrays.set(name, array)
}

export function kept(name: string): DiskBackedNDArray {
  const array = arrays.get(name)
  if (array === undefined) throw new Error(`nothing kept as ${name}`)
  return array
}

/** Lets the array be collected. */
export function drop(name: string): void {
  arrays.delete(name)
}

/** The name and message of what a promise rejects with; 'resolved' where it does not. */
export async function outcome(promise: Promise<unknown>): Promise<{ name: string; message: string }> {
  return promise.then(
    () => ({ name: 'resolved', message: '' }),
    (error: unknown) => ({
      name: error instanceof Error || error instanceof DOMException ? error.name : typeof error,
      message: String(error),
    }),
  )
}
