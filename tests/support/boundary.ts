// In the page: a connection kept between the steps of a test, and small calls on it.
import { type Connection, openConnection } from '../../src/connection.js'
import type { DiskOptions } from '../../src/options.js'
import { putOf } from './put.js'

let current: Connection | undefined

/** Opens a disk; `connection()` gives it from then on. */
export async function open(options: DiskOptions = {}): Promise<void> {
  current = await openConnection(options)
}

export function connection(): Connection {
  if (current === undefined) throw new Error('no disk was opened')
  return current
}

/** Puts one byte at a path. */
export async function write(path: string, byte: number): Promise<void> {
  const bytes = Uint8Array.of(byte)
  await connection().call('put', { puts: [putOf(path, bytes)] }, { transfer: [bytes.buffer] })
}

/** The first byte at a path. */
export async function read(path: string): Promise<number | undefined> {
  const { incarnation } = await connection().call('open', { path })
  const { buffer } = await connection().call('read', { incarnation })
  return new Uint8Array(buffer)[0]
}

/** Web Locks that pages of this origin hold or wait for, random ids left out. */
export async function locks(): Promise<string[]> {
  const { held = [], pending = [] } = await navigator.locks.query()
  const shown = (state: string) => (lock: LockInfo) => `${state} ${lock.name?.replace(/[0-9a-f]{32}$/, '*')}`
  return [...held.map(shown('held')), ...pending.map(shown('waiting'))].sort()
}

/** A worker of that script, as the factory of `openDisk({ worker })`. */
export function scripted(source: string): () => Worker {
  return () => new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))
}

/** A module worker of that script. */
export function scriptedModule(source: string): Worker {
  return new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })), { type: 'module' })
}

/** Milliseconds `work` takes, and the name of what it rejects with. */
export async function timed(work: () => Promise<unknown>): Promise<{ ms: number; error: string | undefined }> {
  const start = performance.now()
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof Error ? thrown.name : String(thrown)),
  )
  return { ms: performance.now() - start, error }
}
