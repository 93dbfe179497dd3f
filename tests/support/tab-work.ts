// In the page: random work of one of several tabs on the same arrays, of which every outcome is told.

import type { TypedArray } from '../../src/core/dtype.js'
import { type Disk, type DiskBackedNDArray, openDisk } from '../../src/index.js'

export const TABS_DISK = 'tabs'
export const COUNTERS = 3
const BIG_LENGTH = (1 << 20) + (1 << 18) + 100

/** bump: adds one to a counter, by writing back the whole array. lane: writes its number where nobody else does. */
export type TabOperation =
  | { readonly kind: 'bump'; readonly counter: number }
  | { readonly kind: 'append' | 'lane' | 'make' | 'drop' | 'fill'; readonly id: number; readonly tab: number }
  | { readonly kind: 'look' | 'sum' }

/** doubt: it was done, or it was not. */
export type TabOutcome = 'done' | 'doubt' | `wrong: ${string}`

let disk: Disk | undefined

async function theDisk(): Promise<Disk> {
  disk ??= await openDisk({
    name: TABS_DISK,
    worker: () => {
      const worker = new Worker('/dist/worker.js', { type: 'module' })
      Object.assign(globalThis, { endWorker: () => worker.terminate() })
      return worker
    },
  })
  return disk
}

export async function makeShared(tabs: number): Promise<void> {
  const made = await theDisk()
  for (let i = 0; i < COUNTERS; i++) await made.array(new Float64Array(100), { cachePath: `counter/${i}` })
  await made.array(new Float64Array(0), { cachePath: 'log' })
  await made.array(new Float64Array(tabs), { cachePath: 'lanes' })
  await made.array(new Uint8Array(BIG_LENGTH), { cachePath: 'big' })
}

export async function runTab(operations: readonly TabOperation[]): Promise<TabOutcome[]> {
  const outcomes: TabOutcome[] = []
  // Puppeteer runs again what a reload has interrupted.
  const key = JSON.stringify(operations)
  if (localStorage.getItem(key) !== null) return operations.map(() => 'doubt')
  localStorage.setItem(key, 'begun')
  for (const operation of operations) outcomes.push(await outcomeOf(operation))
  return outcomes
}

export async function role(): Promise<string> {
  return (await theDisk()).role
}

async function outcomeOf(operation: TabOperation): Promise<TabOutcome> {
  try {
    return (await run(operation)) ?? 'done'
  } catch (error) {
    const { name, message } = error as Error
    const isRead = operation.kind === 'look' || operation.kind === 'sum'
    const isOfOwnWorker = message.startsWith('the storage worker')
    if (name === 'WorkerFailedError' && (!isRead || isOfOwnWorker)) return 'doubt'
    if (message.includes('dynamically imported')) return 'doubt' // the page is being left
    return `wrong: ${JSON.stringify(operation)}: ${name} ${message}`
  }
}

async function run(operation: TabOperation): Promise<TabOutcome | undefined> {
  const on = await theDisk()
  switch (operation.kind) {
    case 'bump':
      return bump(on, `counter/${operation.counter}`)
    case 'append':
      await (await on.openArray('log')).append(Float64Array.of(operation.id))
      return undefined
    case 'lane':
      await (await on.openArray('lanes')).set([operation.tab], operation.id)
      return undefined
    case 'make':
      await on.array(Float64Array.of(operation.id), { cachePath: `own/${operation.id}` })
      return undefined
    case 'drop':
      await on.delete(`own/${operation.id}`)
      return undefined
    case 'fill':
      await on.array(new Uint8Array(BIG_LENGTH).fill(operation.id % 251), { cachePath: 'big' })
      return undefined
    case 'look':
      return look(on)
    case 'sum': {
      const sum = Number(await on.openArray('counter/0').then((counter) => counter.sum()))
      return sum % 100 === 0 ? undefined : `wrong: the counters sum to ${sum}`
    }
  }
}

/** Every element counts: a value of two versions would show. */
async function bump(on: Disk, path: string): Promise<TabOutcome | undefined> {
  const array = (await on.openArray(path)) as DiskBackedNDArray<'float64'>
  try {
    for (;;) {
      const data = await array.data()
      if (!isUniform(data)) return `wrong: ${path} is ${data[0]} to ${data.at(-1)}`
      for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + 1
      try {
        await array.offload()
        return undefined
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'StaleArrayError') throw error
        await array.load('r+', { discard: true })
      }
    }
  } finally {
    if (!array.offloaded) await array.load('r+', { discard: true })
  }
}

/** Another tab may put another array in its place meanwhile, never a part of one. */
async function look(on: Disk): Promise<TabOutcome | undefined> {
  for (;;) {
    try {
      const { data } = await (await on.openArray('big')).get()
      return isUniform(data) ? undefined : `wrong: big is ${data[0]} to ${data.at(-1)}`
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'StaleArrayError') throw error
    }
  }
}

function isUniform(data: TypedArray): boolean {
  const first = data[0]
  return (data as Uint8Array).every((value) => value === first)
}

export interface SharedState {
  readonly counters: number[]
  readonly log: number[]
  readonly lanes: number[]
  readonly own: number[]
  readonly problems: string[]
  readonly arrays: number
}

export async function sharedState(): Promise<SharedState> {
  const on = await theDisk()
  const values = async (path: string) => Array.from((await (await on.openArray(path)).get()).data as Float64Array)
  const counters: number[] = []
  for (let i = 0; i < COUNTERS; i++) counters.push((await values(`counter/${i}`))[0] as number)
  const listed = await on.list()
  const own = listed.flatMap(({ path }) => (path.startsWith('own/') ? Number(path.slice(4)) : []))
  const { problems } = await on.check()
  return {
    counters,
    log: await values('log'),
    lanes: await values('lanes'),
    own,
    problems: problems.map((problem) => JSON.stringify(problem)),
    arrays: (await on.usage()).arrays,
  }
}
