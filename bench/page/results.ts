// What a run is asked for and what it gives back: plain data, shared by the page and the report.

export const WORKLOADS = {
  'put-new': 'Put a new array; the caller keeps its own',
  'put-over': 'Put changed data over an old array; the caller keeps its own',
  'put-give': 'Put changed data over an old array; the caller gives its buffer up',
  'let-go': 'Let go of an array that has not changed',
  get: 'Get a whole array',
  'slice-single': 'Random 64 KiB slices, one at a time (per slice)',
  'slice-many': 'Random 64 KiB slices, all asked for at once (per slice)',
  'small-set-single': 'Set small arrays, one at a time',
  'small-set-many': 'Set small arrays together',
  'small-get-single': 'Read small arrays back, one at a time',
  'small-get-many': 'Read small arrays back together',
} as const

export type Workload = keyof typeof WORKLOADS

export interface Plan {
  /** Bytes of the large array. */
  readonly largeBytes: number
  readonly rounds: number
  readonly sliceCount: number
  readonly sliceBytes: number
  readonly smallCount: number
  readonly smallBytes: number
  /** Names of contenders to run; undefined: all. */
  readonly only: readonly string[] | undefined
}

export type Role = 'library' | 'peer' | 'floor'

export interface Measurement {
  readonly workload: Workload
  readonly contender: string
  readonly role: Role
  /** How it was done, in the contender's own terms. */
  readonly how: string
  /** Bytes one operation moves. */
  readonly byteLength: number
  /** Milliseconds of one operation, by round. */
  readonly rounds: number[]
  /** Milliseconds of one operation in the warm-up round, where files are made and memory is touched for the first time. */
  first: number | undefined
  /** What went wrong, by round that failed. */
  readonly failures: string[]
}

export interface Results {
  readonly userAgent: string
  readonly date: string
  readonly plan: Plan
  /** Titles by workload, in the order they are to be shown. */
  readonly workloads: Readonly<Record<Workload, string>>
  readonly measurements: readonly Measurement[]
}
