// In the page: the random work of lanes, each step told of before it has resolved and after, and what is found of it later.
import { type Disk, type DiskBackedNDArray, registerLazyDiskCacheClass, slice } from '../../src/index.js'
import { add } from '../../src/numpy.js'
import { disk, open } from './kept.js'
import {
  LANES,
  lengthOf,
  type Model,
  middleOf,
  runsIn,
  runsOf,
  type Step,
  stagesOf,
  stepAt,
  TRACK,
} from './lane-plan.js'
import { Track } from './track.js'

/** Where a lane goes on: after so many steps it has `model`. */
export interface Place {
  readonly number: number
  readonly model: Model
}

/** midway: in a large write, of which no more is given away before this is answered. interrupted: by the loss of its worker; whether the step was done is then in doubt. */
export interface Telling {
  readonly lane: number
  readonly steps: number
  readonly what: 'begun' | 'midway' | 'done' | 'stopped' | 'interrupted' | 'failed'
  readonly message: string
}

export interface Found {
  readonly models: Model[]
  readonly problems: string[]
}

const held = new Map<number, readonly DiskBackedNDArray[]>()
let isOpen = false
let endWorker: () => void = () => undefined

registerLazyDiskCacheClass('track', Track)

export async function openLanes(durability: 'relaxed' | 'strict'): Promise<void> {
  const worker = (): Worker => {
    const made = new Worker('/dist/worker.js', { type: 'module' })
    endWorker = () => made.terminate()
    return made
  }
  if (isOpen) await disk().close()
  await open({ durability, worker })
  isOpen = true
  await computeOnce(disk())
}

/** Fetches what operators need: Firefox ends what a page is importing when it is about to leave, and the page hears of it. */
async function computeOnce(on: Disk): Promise<void> {
  const array = await on.array(new Uint8Array(1))
  await add(array, 1, { out: array })
  await array.close()
}

/** Starts the lanes; where `isAimed`, a large write waits midway, and goes on with its worker ended. They go on until the answer to what they tell `url` is 'stop'. */
export function startLanes(seed: number, places: readonly Place[], url: string, isAimed: boolean): void {
  for (const [lane, place] of places.entries()) {
    runLane(seed, lane, place, url, isAimed).catch((error: unknown) =>
      send(url, { lane, steps: place.number, what: 'failed', message: `ended by ${String(error)}` }),
    )
  }
}

/** Told again where it fails or no answer comes: Chromium loses those that arrive while a page is being frozen. */
async function send(url: string, telling: Telling): Promise<string> {
  for (;;) {
    try {
      return await (
        await fetch(url, { method: 'POST', body: JSON.stringify(telling), signal: AbortSignal.timeout(3000) })
      ).text()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

async function runLane(seed: number, lane: number, place: Place, url: string, isAimed: boolean): Promise<void> {
  let { number: steps, model } = place
  const tell = (what: Telling['what'], message = ''): Promise<string> => send(url, { lane, steps, what, message })
  for (;;) {
    const step = stepAt(seed, lane, steps, model)
    try {
      const tellMidway = (): void => {
        const request = new XMLHttpRequest()
        request.open('POST', url, false)
        request.send(JSON.stringify({ lane, steps, what: 'midway' }))
        if (request.responseText === 'end') endWorker()
      }
      const call = doStep(disk(), lane, step, model, isAimed ? tellMidway : undefined)
      call.catch(() => undefined)
      await tell('begun')
      await call
    } catch (error) {
      const { name, message } = error as Error
      const what = name === 'WorkerFailedError' ? 'interrupted' : 'failed'
      await giveBack(lane)
      await tell(what, `${JSON.stringify(step)}: ${name} ${message}`)
      return
    }
    model = stagesOf(model, step).at(-1) as Model
    steps++
    if ((await tell('done')) === 'stop') break
  }
  await giveBack(lane)
  await tell('stopped')
}

/** Gives up what a lane has borrowed, which goes with that. */
async function giveBack(lane: number): Promise<void> {
  for (const array of held.get(lane) ?? []) await array.close()
  held.delete(lane)
}

async function doStep(on: Disk, lane: number, step: Step, before: Model, tellMidway?: () => void): Promise<void> {
  const pathOf = (name: string) => `lane-${lane}/${name}`
  const named = (name: string) => on.openArray<'uint8'>(pathOf(name))
  switch (step.kind) {
    case 'put':
      await put(on, pathOf(step.name), new Uint8Array(step.length).fill(step.value), tellMidway)
      return
    case 'append':
      return (await named(step.name)).append(new Uint8Array(step.length).fill(step.value))
    case 'set': {
      const [start, stop] = middleOf(lengthOf(runsIn(before, step.name)))
      return (await named(step.name)).set([slice(start, stop)], step.value)
    }
    case 'add': {
      const array = await named(step.name)
      await add(array, 1, { out: array })
      return
    }
    case 'delete':
      await on.delete(pathOf(step.name))
      return
    case 'purge':
      return (await named(step.name)).purge()
    case 'rename':
      return on.rename(pathOf(step.name), pathOf(step.to))
    case 'look':
      return look(await named(step.name), runsIn(before, step.name))
    case 'track': {
      const settings = { enableCaching: true, cachePath: `tracks/${lane}`, purgeDiskOnGc: false }
      await Track.create(Float64Array.of(step.value, 0, 0), extraOf(step.value), settings, on)
      return
    }
    case 'label':
      return label(on, lane, step.value)
    case 'borrow':
      // What goes with its page.
      held.set(lane, [
        await on.array(new Uint8Array(50_000), { cachePath: `borrowed/${lane}`, purgeDiskOnGc: true }),
        await on.array(new Uint8Array(2 << 20)),
      ])
      return
    case 'compact':
      return on.compact()
    case 'flush':
      return on.flush()
  }
}

async function put(on: Disk, cachePath: string, data: Uint8Array, tellMidway?: () => void): Promise<void> {
  let isMidway = false
  const onProgress = ({ doneBytes }: { doneBytes: number }): void => {
    if (isMidway || doneBytes === 0 || doneBytes === data.length) return
    isMidway = true
    tellMidway?.()
  }
  await on.array(data, { cachePath, onProgress })
}

async function look(array: DiskBackedNDArray<'uint8'>, runs: readonly number[]): Promise<void> {
  const length = lengthOf(runs)
  const [start, stop] = middleOf(length)
  const parts = await array.getMany([[slice(0, start)], [slice(start, stop)], [slice(stop, length)]])
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part.toArray(), at)
    at += part.size
  }
  const found = JSON.stringify(runsOf(bytes))
  if (found !== JSON.stringify(runs)) throw new Error(`read ${found}, not ${JSON.stringify(runs)}`)
}

function extraOf(value: number): Track['extra'] {
  return { label: String(value), taken: new Date(value), marks: new Map([['value', value]]) }
}

async function label(on: Disk, lane: number, value: number): Promise<void> {
  const store = await on.store<Track>('tracks', { valueType: Track })
  const key = String(lane)
  const track = await store.get(key)
  if (track === undefined) throw new Error('the track is gone')
  track.extra = extraOf(value)
  await store.offload(key, { pickleContainer: true })
}

/** What is there. Reads every byte. */
export async function found(): Promise<Found> {
  const models: Model[] = []
  for (let lane = 0; lane < LANES; lane++) models.push({ ...(await arraysOf(lane)), ...(await trackOf(lane)) })
  return { models, problems: await problems() }
}

/** But for states that no array refers to yet or any more, which are not damage and are removed. */
async function problems(): Promise<string[]> {
  const found = (await disk().check({ fix: true })).problems.filter(({ kind }) => kind !== 'orphan-state')
  const after = found.length === 0 ? (await disk().check()).problems : []
  return [...found, ...after].map((problem) => JSON.stringify(problem))
}

/** Arrays on the disk that are in no lane: those that pages hold. */
export async function countOthers(): Promise<number> {
  const listed = await disk().list()
  const { arrays } = await disk().usage()
  return arrays - listed.filter(({ path }) => !path.startsWith('borrowed/')).length
}

async function arraysOf(lane: number): Promise<Model> {
  const folder = `lane-${lane}`
  const model: Record<string, number[]> = {}
  for (const { path } of await disk().list(folder)) {
    const { data } = await (await disk().openArray<'uint8'>(path)).get()
    model[path.slice(folder.length + 1)] = runsOf(data)
  }
  return model
}

async function trackOf(lane: number): Promise<Model> {
  const store = await disk().store<Track>('tracks', { valueType: Track })
  const track = await store.get(String(lane))
  if (track === undefined) return {}
  await track.load('r', { discard: true }) // not what a write that was rejected has left in memory, done or not
  const { label, taken, marks } = track.extra
  const [total, number] = [await track.total(), Number(label)]
  await track.close()
  if (label !== '' && (taken.getTime() !== number || marks.get('value') !== number)) throw new Error(`torn: ${label}`)
  return { [TRACK]: [total, number] }
}
