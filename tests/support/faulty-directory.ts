// A directory in memory that keeps a log of everything done to it: for cutting the power after any step, in any order of
// what was not flushed, and for files that fail as browsers' do.
import type { Directory, SyncFile } from '../../src/engine/storage.js'
import { PagedFile } from './paged-file.js'

export type Operation =
  | { readonly kind: 'create' | 'remove' | 'flush'; readonly file: string }
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }

/** How a write or truncate goes wrong. `huge` is what Chromium answers where the quota ends. */
export type Fault = 'throw' | 'short' | 'zero' | 'huge'

export class FaultyDirectory implements Directory {
  readonly readCost = 16 * 1024
  readonly log: Operation[] = []
  readonly #files: Map<string, PagedFile>
  #life = 0
  /** Asked before every write and truncate. */
  fault: (operation: Operation) => Fault | undefined = () => undefined

  constructor(files: Map<string, PagedFile> = new Map()) {
    this.#files = files
  }

  /** Of the files as they are now, with nothing in its log. */
  copy(): FaultyDirectory {
    return new FaultyDirectory(new Map([...this.#files].map(([name, file]) => [name, file.copy()])))
  }

  /** Every file that is open works no more, as when its worker dies. */
  takeAway(): void {
    this.#life++
  }

  get life(): number {
    return this.#life
  }

  async open(name: string): Promise<SyncFile> {
    if (!this.#files.has(name)) {
      this.#files.set(name, new PagedFile())
      this.log.push({ kind: 'create', file: name })
    }
    return new FaultyFile(this, name, this.#files.get(name) as PagedFile)
  }

  async remove(name: string): Promise<void> {
    this.#files.delete(name)
    this.log.push({ kind: 'remove', file: name })
  }

  async list(): Promise<string[]> {
    return [...this.#files.keys()]
  }

  /** What every file holds now. */
  files(): [string, Uint8Array][] {
    return [...this.#files].map(([name, file]) => {
      const bytes = new Uint8Array(file.getSize())
      file.read(bytes, 0)
      return [name, bytes]
    })
  }

  /** Does the operation without noting it. */
  replay(operation: Operation): void {
    if (operation.kind === 'remove') this.#files.delete(operation.file)
    if (operation.kind === 'remove' || operation.kind === 'flush') return
    const file = this.#files.get(operation.file) ?? new PagedFile()
    this.#files.set(operation.file, file)
    if (operation.kind === 'write') file.write(operation.bytes, operation.at)
    if (operation.kind === 'truncate') file.truncate(operation.size)
  }
}

class FaultyFile implements SyncFile {
  readonly #directory: FaultyDirectory
  readonly #name: string
  readonly #open: PagedFile
  readonly #life: number

  constructor(directory: FaultyDirectory, name: string, file: PagedFile) {
    this.#directory = directory
    this.#name = name
    this.#open = file
    this.#life = directory.life
  }

  read(target: Uint8Array, at: number): number {
    return this.#file.read(target, at)
  }

  write(source: Uint8Array, at: number): number {
    const operation: Operation = { kind: 'write', file: this.#name, at, bytes: source.slice() }
    const fault = this.#directory.fault(operation)
    if (fault === undefined) {
      const written = this.#file.write(source, at)
      this.#directory.log.push(operation)
      return written
    }
    if (fault === 'throw') throw quotaError()
    if (fault === 'zero') return 0
    const part = operation.bytes.subarray(0, source.byteLength >> 1)
    this.#directory.log.push({ ...operation, bytes: part })
    this.#file.write(part, at)
    return fault === 'huge' ? 4294967288 : part.byteLength
  }

  truncate(size: number): void {
    const operation: Operation = { kind: 'truncate', file: this.#name, size }
    const fault = size > this.#file.getSize() ? this.#directory.fault(operation) : undefined
    if (fault === 'throw') throw quotaError()
    if (fault !== undefined) return
    this.#file.truncate(size)
    this.#directory.log.push(operation)
  }

  getSize(): number {
    return this.#file.getSize()
  }

  flush(): void {
    if (this.#file !== undefined) this.#directory.log.push({ kind: 'flush', file: this.#name })
  }

  close(): void {}

  get #file(): PagedFile {
    if (this.#life === this.#directory.life) return this.#open
    throw new DOMException('the file is closed', 'InvalidStateError')
  }
}

function quotaError(): Error {
  return new DOMException(
    'The operation failed because it would cause the application to exceed its storage quota.',
    'QuotaExceededError',
  )
}

/** What has reached the platter of the operations of a log, and what is still on its way. */
export class Platter {
  readonly #flushed: FaultyDirectory
  readonly #pending = new Map<string, Operation[]>()

  constructor(flushed = new FaultyDirectory()) {
    this.#flushed = flushed.copy()
  }

  push(operation: Operation): void {
    const pending = this.#pending.get(operation.file) ?? []
    this.#pending.set(operation.file, pending)
    if (operation.kind === 'flush') for (const done of pending.splice(0)) this.#flushed.replay(done)
    else pending.push(operation)
  }

  /**
   * The directory after a power cut now: what was flushed is there; of the rest, file by file, `random` (in [0, 1)) decides
   * what is lost, in which order the others arrived, and where the last was torn.
   */
  cut(random: () => number): FaultyDirectory {
    const directory = this.#flushed.copy()
    const mode = random()
    for (const operations of this.#pending.values()) {
      if (mode < 0.2) for (const operation of operations) directory.replay(operation)
      else if (mode > 0.3) arrive(directory, operations, random)
    }
    return directory
  }
}

/** The directory after a power cut behind the first `cut` operations. */
export function afterPowerCut(log: readonly Operation[], cut: number, random: () => number): FaultyDirectory {
  const platter = new Platter()
  for (const operation of log.slice(0, cut)) platter.push(operation)
  return platter.cut(random)
}

function arrive(directory: FaultyDirectory, operations: readonly Operation[], random: () => number): void {
  const kept = operations.filter(() => random() < 0.6)
  for (let i = kept.length - 1; i > 0 && random() < 0.7; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[kept[i], kept[j]] = [kept[j] as Operation, kept[i] as Operation]
  }
  const torn = kept.length - 1
  for (const [i, operation] of kept.entries()) {
    if (i !== torn || operation.kind !== 'write') directory.replay(operation)
    else
      directory.replay({
        ...operation,
        bytes: operation.bytes.subarray(0, Math.floor(random() * (operation.bytes.byteLength + 1))),
      })
  }
}
