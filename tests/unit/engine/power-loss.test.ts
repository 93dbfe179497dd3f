// Random histories of every operation, the power cut after every step of them: the disk found is one that was, whole.
import { expect, test } from 'vitest'
import { MemoryStateStore } from '../../../src/engine/memory-directory.js'
import { openService } from '../../support/engine-harness.js'
import { type FaultyDirectory, Platter } from '../../support/faulty-directory.js'
import { CLIENTS, type DiskState, History, isSame, readDisk } from '../../support/history.js'
import { Random } from '../../support/random.js'

const CUTS = Number(process.env['POWER_LOSS_CUTS'] ?? 100_000)
const SEED = Number(process.env['POWER_LOSS_SEED'] ?? 1)

/** Container states as they were when the log was so long. */
async function statesAt({ states }: History, cut: number): Promise<MemoryStateStore> {
  const store = new MemoryStateStore()
  for (const { incarnation, value, ended } of states.saved) {
    if (ended > cut) continue
    if (value === undefined) await store.delete([incarnation])
    else await store.set(incarnation, value)
  }
  return store
}

async function found(
  directory: FaultyDirectory,
  states: MemoryStateStore,
  live: readonly string[],
): Promise<DiskState> {
  const service = await openService(directory, { client: 'finder', live: [...live, 'finder'], states })
  const { problems } = await service.call('check', { fix: false })
  expect(problems.filter(({ kind }) => kind !== 'orphan-state')).toEqual([])
  const state = await readDisk(service)
  for (const [path, { hasState }] of state) {
    const meta = await service.call('stat', { path })
    const kept = await service.call('loadState', { incarnation: meta?.incarnation ?? 0 })
    if ((kept !== undefined) !== hasState) expect.fail(`the container state of ${path} is lost`)
  }
  return state
}

/** The moments of which one is to be found after a cut there. */
function possible({ moments }: History, cut: number): DiskState[] {
  const first = moments.findLastIndex(({ durableFrom }) => durableFrom !== undefined && durableFrom <= cut)
  const states = moments.flatMap(({ state, began }, i) => (i >= first && (i === first || began < cut) ? state : []))
  return [new Map(), ...states].slice(first < 0 ? 0 : 1)
}

function withoutPurged(state: DiskState): DiskState {
  return new Map([...state].filter(([, { purge }]) => !purge))
}

function expectPossible(state: DiskState, states: readonly DiskState[], where: string): void {
  if (!states.some((one) => isSame(state, one)))
    expect.fail(`a state the disk never had: ${where}: ${[...state.keys()]}`)
}

test('after a power cut behind any step the disk is as it was at one moment, and what was durable is there', async () => {
  let cuts = 0
  for (let seed = SEED; cuts < CUTS; seed++) {
    const history = await new History(seed).run(20)
    const random = new Random(seed)
    const platter = new Platter()
    const { log } = history.directory
    for (let cut = 0; cut <= log.length; cut++) {
      if (cut > 0) platter.push(log[cut - 1] as (typeof log)[number])
      const where = `seed ${seed}, cut ${cut} of ${log.length}, steps ${history.steps}`
      const states = possible(history, cut)
      const arePagesGone = random.chance(0.2)
      const directory = platter.cut(random.next)
      try {
        const first = await found(directory, await statesAt(history, cut), arePagesGone ? [] : CLIENTS)
        expectPossible(first, arePagesGone ? states.map(withoutPurged) : states, where)
      } catch (error) {
        throw new Error(where, { cause: error })
      }
      cuts++
    }
  }
  console.log(`${cuts} power cuts`)
}, 3_600_000)

test('a power cut during the recovery from a power cut loses nothing either', async () => {
  let cuts = 0
  for (let seed = SEED; cuts < CUTS / 20; seed++) {
    const history = await new History(-seed).run(10)
    const random = new Random(seed)
    const { log } = history.directory
    const cut = random.below(log.length + 1)
    const platter = new Platter()
    for (const operation of log.slice(0, cut)) platter.push(operation)
    const broken = platter.cut(random.next)
    const states = possible(history, cut)
    const again = broken.copy()
    await openService(again, { client: 'finder', live: [...CLIENTS, 'finder'], states: await statesAt(history, cut) })
    const first = await found(broken.copy(), await statesAt(history, cut), CLIENTS)
    // What survived the first cut is all there is.
    const platterAgain = new Platter(broken)
    for (let second = 0; second <= again.log.length; second++) {
      if (second > 0) platterAgain.push(again.log[second - 1] as (typeof log)[number])
      const state = await found(platterAgain.cut(random.next), await statesAt(history, cut), CLIENTS)
      expectPossible(state, states, `seed ${-seed}, cut ${cut}, then ${second}, steps ${history.steps}`)
      // Once the recovery is over, what it found stays.
      if (second === again.log.length) expect(isSame(state, first)).toBe(true)
      cuts++
    }
  }
}, 3_600_000)
