// A trial: one thing a contender is timed at, with what has to be ready before and true after.
import type { Role, Workload } from './results.js'

/** Some calls never settle: Chromium loses a `createSyncAccessHandle()` whose file handle is collected meanwhile. */
const TIME_LIMIT_MS = 120_000

export interface TrialSpec<T> {
  readonly workload: Workload
  readonly how: string
  /** Bytes one operation moves. */
  readonly byteLength: number
  /** Operations in one run; the time is divided by it. Default 1. */
  readonly operations?: number
  /** Not timed. */
  prepare?(): Promise<void> | void
  run(): Promise<T>
  /** Milliseconds by another clock than the page's, where `run` brings them. */
  clock?(result: T): number
  /** Not timed; throws where the result is not what was stored. */
  check?(result: T): Promise<void> | void
}

export interface Trial {
  readonly workload: Workload
  readonly how: string
  readonly byteLength: number
  /** Milliseconds of one operation. */
  execute(): Promise<number>
}

export interface Contender {
  readonly name: string
  readonly role: Role
  /** Called again after a failure: with nothing left of what was there. */
  open(): Promise<void>
  /** In the order they are to run: later ones may build on what earlier ones left. */
  trials(): Trial[]
  close(): Promise<void>
}

export function trial<T>(spec: TrialSpec<T>): Trial {
  return {
    workload: spec.workload,
    how: spec.how,
    byteLength: spec.byteLength,
    execute: () => inTime(execute(spec)),
  }
}

async function execute<T>(spec: TrialSpec<T>): Promise<number> {
  await spec.prepare?.()
  await settle()
  const start = performance.now()
  const result = await spec.run()
  const elapsed = spec.clock?.(result) ?? performance.now() - start
  await spec.check?.(result)
  return elapsed / (spec.operations ?? 1)
}

/** Errors: Error where the work has not ended after two minutes. */
export function inTime<T>(work: Promise<T>): Promise<T> {
  const error = new Error(`no end after ${TIME_LIMIT_MS / 1000} s`)
  const timeUp = new Promise<never>((_, reject) => setTimeout(reject, TIME_LIMIT_MS, error))
  return Promise.race([work, timeUp])
}

/** Lets one contender's garbage not be another's pause: what is collected is given back to the system in another thread. `gc` is there with --expose-gc. */
async function settle(): Promise<void> {
  const { gc } = globalThis as { gc?: () => void }
  gc?.()
  await new Promise((resolve) => setTimeout(resolve, 150))
}
