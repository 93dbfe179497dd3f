// A directory in memory: what backend 'memory' keeps arrays in, and what the engine runs over in Node.
import { DiskLockedError } from '../core/errors.js'
import type { Directory, StateStore, SyncFile } from './storage.js'

/** Pieces of this size are made when they are first written: a file may be long and mostly empty. */
const PIECE_BYTES = 1 << 20

export class MemoryDirectory implements Directory {
  readonly readCost = 16 * 1024
  readonly #files = new Map<string, MemoryFile>()

  async open(name: string): Promise<SyncFile> {
    const file = this.#files.get(name) ?? new MemoryFile()
    this.#files.set(name, file)
    if (file.isOpen) throw new DiskLockedError(`${name} is open already`)
    file.isOpen = true
    return file
  }

  async remove(name: string): Promise<void> {
    this.#files.delete(name)
  }

  async list(): Promise<string[]> {
    return [...this.#files.keys()]
  }
}

export class MemoryFile implements SyncFile {
  readonly #pieces: (Uint8Array | undefined)[] = []
  #size = 0
  isOpen = false

  read(target: Uint8Array, at: number): number {
    const byteLength = Math.max(0, Math.min(target.byteLength, this.#size - at))
    this.#each(at, byteLength, (piece, from, done, length) => {
      const bytes = this.#pieces[piece]
      if (bytes === undefined) target.fill(0, done, done + length)
      else target.set(bytes.subarray(from, from + length), done)
    })
    return byteLength
  }

  write(source: Uint8Array, at: number): number {
    this.#size = Math.max(this.#size, at + source.byteLength)
    this.#each(at, source.byteLength, (piece, from, done, length) => {
      const bytes = this.#pieces[piece] ?? new Uint8Array(PIECE_BYTES)
      this.#pieces[piece] = bytes
      bytes.set(source.subarray(done, done + length), from)
    })
    return source.byteLength
  }

  truncate(size: number): void {
    const pieces = Math.ceil(size / PIECE_BYTES)
    if (this.#pieces.length > pieces) this.#pieces.length = pieces
    if (size < this.#size) this.#pieces[pieces - 1]?.fill(0, size - (pieces - 1) * PIECE_BYTES)
    this.#size = size
  }

  getSize(): number {
    return this.#size
  }

  flush(): void {}

  close(): void {
    this.isOpen = false
  }

  #each(
    at: number,
    byteLength: number,
    visit: (piece: number, from: number, done: number, length: number) => void,
  ): void {
    for (let done = 0; done < byteLength; ) {
      const piece = Math.floor((at + done) / PIECE_BYTES)
      const from = (at + done) % PIECE_BYTES
      const length = Math.min(byteLength - done, PIECE_BYTES - from)
      visit(piece, from, done, length)
      done += length
    }
  }
}

/** Container states in memory, cloned in and out as IndexedDB does. */
export class MemoryStateStore implements StateStore {
  readonly #states = new Map<string, unknown>()

  async get(key: string): Promise<unknown> {
    return structuredClone(this.#states.get(key))
  }

  async set(key: string, value: unknown): Promise<void> {
    this.#states.set(key, structuredClone(value))
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#states.delete(key)
  }

  async keys(): Promise<string[]> {
    return [...this.#states.keys()]
  }
}
