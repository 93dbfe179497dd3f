// The options of openDisk: their types, what is accepted, and the defaults.
import { isDiskName } from './core/disk-name.js'
import { EVICTION_POLICIES, type EvictionPolicy, type OpenRequest } from './protocol.js'
import { areWatermarks } from './watermarks.js'

/** How the storage worker is started. */
export interface WorkerSource {
  /** Makes the worker; called again whenever one is needed after `freeze` or `pagehide`. */
  worker?: () => Worker
  /** Where the worker file ('lazy-disk-cache/worker') is served, on any origin that allows it by CORS. */
  workerUrl?: string | URL
}

export interface DiskOptions extends WorkerSource {
  /** A folder of this site's private storage, made where it is missing. Default 'default'. */
  name?: string
  /** 'opfs': StorageUnavailableError where it is missing; 'auto': memory there; 'memory': always. */
  backend?: 'opfs' | 'memory' | 'auto'
  /** Bytes the library may keep in memory for this page and its workers. Default 512 MiB; of a `port`, what the page has. */
  memoryBudget?: number
  /**
   * Fractions of the memory budget. When more than `high` of it is held or has changes, the least valuable arrays are written
   * and let go of, down to `low`. Default 0.75 and 0.5: a quarter of the budget can be loaded without waiting for a
   * write, and what is changed again and again is not written each time.
   */
  memoryWatermarks?: { high?: number; low?: number }
  /** Bytes of arrays the disk may hold. Default: what the browser allows. */
  diskBudget?: number
  /**
   * What goes to make room where the budget or the browser refuses a write: 'none' (default), or the first in that order of
   * the arrays that no object is on. 'oldest' is by the last change.
   */
  evictionPolicy?: EvictionPolicy
  /** What a promise of a write waits for: 'relaxed' the commit, 'strict' that a power cut cannot undo it. */
  durability?: 'relaxed' | 'strict'
  /** From `disk.connect()` in the page: the disk is the page's. */
  port?: MessagePort
  /** Ends the wait for another owner too. */
  signal?: AbortSignal
  /** Milliseconds to wait for another owner; then DiskLockedError. */
  lockTimeout?: number
}

export const DEFAULT_DISK_NAME = 'default'
/** A browser's tab gets about 2-4 GiB: room for large arrays beside what the application itself holds. */
export const DEFAULT_MEMORY_BUDGET = 512 * 2 ** 20
/** A hand-over between tabs takes under 0.1 s, a slow browser's late release of file locks 2 s. */
export const DEFAULT_LOCK_TIMEOUT_MS = 5000
/** A cache can lose its last second to a power cut; waiting for the disk at every write costs 10 times the write. */
export const DEFAULT_DURABILITY = 'relaxed'
export const DEFAULT_EVICTION_POLICY = 'none'

/** What the storage service is told of the options. */
export function requestOf(options: DiskOptions): Pick<OpenRequest, 'durability' | 'diskBudget' | 'evictionPolicy'> {
  const { durability = DEFAULT_DURABILITY, diskBudget, evictionPolicy = DEFAULT_EVICTION_POLICY } = options
  return { durability, evictionPolicy, ...(diskBudget !== undefined && { diskBudget }) }
}

interface Rule {
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
}

const oneOf = (...values: readonly string[]): Rule => ({
  expected: values.map((value) => `'${value}'`).join(' or '),
  accepts: (value) => values.some((allowed) => allowed === value),
})

const atLeastZero = (unit: string): Rule => ({
  expected: `a number of ${unit}, 0 or more`,
  accepts: (value) => typeof value === 'number' && value >= 0,
})

const WORKER_RULES: Record<keyof WorkerSource, Rule> = {
  worker: { expected: 'a function that makes a Worker', accepts: (value) => typeof value === 'function' },
  workerUrl: { expected: 'a string or a URL', accepts: (value) => typeof value === 'string' || value instanceof URL },
}

const DISK_RULES: Record<keyof DiskOptions, Rule> = {
  ...WORKER_RULES,
  name: { expected: 'a non-empty, well-formed string of at most 85 bytes', accepts: isDiskName },
  backend: oneOf('opfs', 'memory', 'auto'),
  memoryBudget: atLeastZero('bytes'),
  memoryWatermarks: { expected: 'fractions { high, low } with 0 <= low <= high <= 1', accepts: areWatermarks },
  diskBudget: atLeastZero('bytes'),
  evictionPolicy: oneOf(...EVICTION_POLICIES),
  durability: oneOf('relaxed', 'strict'),
  port: { expected: 'a MessagePort', accepts: (value) => value instanceof MessagePort },
  signal: { expected: 'an AbortSignal', accepts: (value) => value instanceof AbortSignal },
  lockTimeout: atLeastZero('milliseconds'),
}

/** Returns `options` if it is DiskOptions. Errors: TypeError naming the option that is unknown or not what it should be. */
export function checkDiskOptions(options: DiskOptions): DiskOptions {
  return check('openDisk', options, DISK_RULES)
}

/** As `checkDiskOptions`, for what only starts a worker. */
export function checkWorkerSource(caller: string, options: WorkerSource): WorkerSource {
  return check(caller, options, WORKER_RULES)
}

/** Returns `name` if a disk can have it. Errors: TypeError. */
export function checkDiskName(caller: string, name: string): string {
  const { accepts, expected } = DISK_RULES.name
  if (!accepts(name)) throw new TypeError(`${caller}: the name must be ${expected}, got ${shown(name)}`)
  return name
}

function check<T extends object>(caller: string, options: T, rules: Readonly<Record<string, Rule>>): T {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${caller}: the options are an object, got ${shown(options)}`)
  for (const [option, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, option) ? rules[option] : undefined
    if (rule === undefined) throw new TypeError(`${caller}: unknown option '${option}'`)
    if (value !== undefined && !rule.accepts(value)) {
      throw new TypeError(`${caller}: option '${option}' must be ${rule.expected}, got ${shown(value)}`)
    }
  }
  return options
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : `${String(value)} (${typeof value})`
}
