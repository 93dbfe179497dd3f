// The disks that are open in this page, by name: each is opened once, and closes with its last handle.
import { unlessAborted } from './abort.js'
import { type Connection, openConnection } from './connection.js'
import { DiskLockedError } from './core/errors.js'
import type { Disk } from './disk.js'
import { DiskHandle } from './disk-handle.js'
import { deleteDisk as deleteClosedDisk } from './disks.js'
import {
  checkDiskOptions,
  DEFAULT_DISK_NAME,
  DEFAULT_MEMORY_BUDGET,
  type DiskOptions,
  requestOf,
  type WorkerSource,
} from './options.js'
import { Session } from './session.js'

interface CloseOptions {
  discard?: boolean
}

/** The open disks of this page by name; an entry is there from the first call that opens it until it is closed. */
const open = new Map<string, OpenDisk>()

export { listDisks } from './disks.js'

/** See open-disk.ts. */
export async function openDisk(options: DiskOptions = {}): Promise<Disk> {
  const { name = DEFAULT_DISK_NAME, port, signal } = checkDiskOptions(options)
  signal?.throwIfAborted()
  if (port !== undefined) {
    const session = await openSession(options)
    return new DiskHandle(session, (how) => session.close(how))
  }
  return whenSettled(name, (disk = new OpenDisk(name, options)) => disk.handle(options))
}

/** The open disk of that name, else it is opened with the default options; it closes with the last handle users opened. */
export async function openForClasses(name: string): Promise<Disk> {
  return whenSettled(name, (disk = new OpenDisk(name, { name })) => disk.implicitHandle())
}

/** See open-disk.ts. */
export async function deleteDisk(name: string, options: WorkerSource = {}): Promise<void> {
  await whenSettled(name, (disk) => disk?.endUnlessUsed())
  await deleteClosedDisk(name, options)
}

/**
 * Calls `use` with the open disk of that name, in the same turn as it is looked up. One that is being closed is waited for:
 * closed, it is no more; where closing failed, it is open as before.
 */
async function whenSettled<T>(name: string, use: (disk: OpenDisk | undefined) => T): Promise<Awaited<T>> {
  for (let disk = open.get(name); disk?.closing !== undefined; disk = open.get(name)) {
    await disk.closing.catch(() => undefined)
  }
  return await use(open.get(name))
}

async function openSession(options: DiskOptions): Promise<Session> {
  const connection = await openConnection(options)
  try {
    const budget = options.memoryBudget ?? connection.pageMemory ?? DEFAULT_MEMORY_BUDGET
    const session = new Session(connection, budget, options.memoryWatermarks)
    await session.begin()
    return session
  } catch (error) {
    await connection.close({ discard: true })
    throw error
  }
}

class OpenDisk {
  closing: Promise<void> | undefined
  readonly #name: string
  readonly #rules: ReturnType<typeof requestOf>
  readonly #session: Promise<Session>
  /** Ends the opening that nobody waits for any more. */
  readonly #opening = new AbortController()
  /** Handles that were not closed, and calls that wait for one. */
  #handles = 0
  /** For classes that are used without a disk. */
  #implicit: DiskHandle | undefined

  constructor(name: string, options: DiskOptions) {
    this.#name = name
    this.#rules = requestOf(options)
    this.#session = openSession({ ...options, name, signal: this.#opening.signal })
    open.set(name, this)
    this.#session.catch(() => this.#forget())
  }

  async handle(options: DiskOptions): Promise<Disk> {
    this.#handles++
    try {
      const session = await unlessAborted(options.signal, this.#session)
      this.#check(options, session.connection)
      if (options.memoryBudget !== undefined) void session.budget.setLimit(options.memoryBudget)
      if (options.memoryWatermarks !== undefined) session.budget.watermarks = options.memoryWatermarks
      return new DiskHandle(session, (how) => this.#close(session, how))
    } catch (error) {
      if (--this.#handles === 0 && this.#implicit === undefined) this.#abandon(error)
      throw error
    }
  }

  async implicitHandle(): Promise<Disk> {
    const session = await this.#session
    this.#implicit ??= new DiskHandle(session, (how) => this.#end(session, how))
    return this.#implicit
  }

  /** Errors: DiskLockedError. */
  async endUnlessUsed(): Promise<void> {
    if (this.#handles > 0) throw new DiskLockedError(`disk '${this.#name}' is open in this page: close it first`)
    await this.#end(await this.#session, {})
  }

  /** Errors: TypeError. */
  #check({ backend, ...options }: DiskOptions, connection: Connection): void {
    if (backend !== undefined && backend !== 'auto' && backend !== connection.backend) {
      throw new TypeError(`disk '${this.#name}' is open with backend '${connection.backend}', not '${backend}'`)
    }
    for (const rule of ['durability', 'diskBudget', 'evictionPolicy'] as const) {
      const [wanted, present] = [options[rule], this.#rules[rule]]
      if (wanted === undefined || wanted === present) continue
      throw new TypeError(`disk '${this.#name}' is open with ${rule} ${String(present)}, not ${String(wanted)}`)
    }
  }

  async #close(session: Session, how: CloseOptions): Promise<void> {
    this.#handles--
    try {
      if (this.#handles === 0) await this.#end(session, how)
      else if (how.discard !== true) await session.flush()
    } catch (error) {
      this.#handles++
      throw error
    }
  }

  #end(session: Session, how: CloseOptions): Promise<void> {
    this.closing ??= this.#endNow(session, how).finally(() => {
      this.closing = undefined
    })
    return this.closing
  }

  async #endNow(session: Session, how: CloseOptions): Promise<void> {
    await session.close(how)
    session.targets.clear()
    this.#forget()
  }

  #abandon(reason: unknown): void {
    this.#opening.abort(reason)
    this.#forget()
    this.#session.then((session) => session.close({ discard: true })).catch(() => undefined)
  }

  #forget(): void {
    if (open.get(this.#name) === this) open.delete(this.#name)
  }
}
