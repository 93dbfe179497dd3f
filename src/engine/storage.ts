// What the engine needs from below: files with synchronous access, a directory of them, a place for container states,
// and time. OPFS is one implementation (worker/), memory another (memory-directory.ts).

/** A file held open for exclusive synchronous access; the methods are those of FileSystemSyncAccessHandle, and as untrustworthy. */
export interface SyncFile {
  /** Returns the number of bytes read: fewer than asked for at the end of the file. */
  read(target: Uint8Array, at: number): number
  /** Returns the number of bytes written. Chromium returns 4294967288 where the quota ends, Firefox a short count. */
  write(source: Uint8Array, at: number): number
  truncate(size: number): void
  getSize(): number
  flush(): void
  close(): void
}

export interface Directory {
  /** What reading once more costs, in bytes that are read meanwhile. */
  readonly readCost: number
  /** Opens a file, creating it where it is missing. Only one SyncFile a name may be open. */
  open(name: string): Promise<SyncFile>
  remove(name: string): Promise<void>
  list(): Promise<string[]>
}

/** Structured-cloneable values by key; `set` resolves when the value is durable. */
export interface StateStore {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  delete(keys: readonly string[]): Promise<void>
  keys(): Promise<string[]>
}

/** Time and scheduling, injected so that tests decide them. */
export interface Scheduler {
  /** Milliseconds since the epoch. */
  now(): number
  /** Lets other tasks (calls, aborts) run: one macrotask. */
  pause(): Promise<void>
  /** Runs `task` after `ms`; returns a function that cancels it. */
  after(ms: number, task: () => void): () => void
}
