// Where and how an operation is computed: by the storage service where anything involved is on disk, else in this thread.
import type { NDArray } from '../core/ndarray.js'
import { leavesOf } from '../core/numpy/graph.js'
import { chosenTileSize } from '../core/numpy/tiles.js'
import type { EvaluatedArray, Evaluation } from '../evaluation.js'
import type { ArrayMeta } from '../protocol.js'
import type { Session } from '../session.js'
import { reporter } from '../work-options.js'
import { inMemory } from './elements.js'
import { enter } from './entering.js'
import { renumbered } from './graph.js'
import { compute } from './in-memory.js'
import { bytesOf, type Job, scratchBytes } from './job.js'
import { sourceOf } from './leaves.js'
import { needsOf, type Operation } from './operation.js'
import { fill, isTarget, type Receiver, receive, replaceValue } from './receiving.js'
import { Sending } from './sending.js'
import { homeOf, Turns } from './turns.js'

/** Operations under way keep their operands. */
const underWay = new Set<Job>()

/** `turns`: those of all arrays involved, where they are taken already. Errors: see types.ts. */
export async function run(operation: Operation, turns?: Turns): Promise<unknown> {
  const leaves = leavesOf(operation.roots)
  const job = { ...operation, roots: renumbered(operation.roots, leaves), sources: leaves.map(sourceOf) }
  const needs = needsOf(job, job.sources)
  const home = homeOf(needs)
  const task = () => runInTurn(job, turns ?? Turns.take(needs, job.work.signal))
  if (home === undefined) return task()
  return turns === undefined ? home.run(task) : home.goOn(task) // turns were taken when the disk was open
}

async function runInTurn(job: Job, taken: Turns): Promise<unknown> {
  underWay.add(job)
  try {
    const { home, receivers, turns, room } = await enter(job, taken)
    try {
      for (const source of job.sources) if ('custody' in source) source.custody.count(source.custody.place)
      const results = home === undefined ? await runHere(job, receivers) : await runThere(job, home, receivers, turns)
      return job.give(results.map((result, i) => result ?? (job.outs[i]?.out as NDArray))) // what is not fresh is in an `out`
    } finally {
      turns.leave()
      room?.release()
    }
  } finally {
    underWay.delete(job)
  }
}

/** In this thread. Arrays for the results that have no `out`. */
async function runHere(job: Job, receivers: readonly Receiver[]): Promise<(NDArray | undefined)[]> {
  const { signal } = job.work
  const leaves = job.sources.map((source) => inMemory(source, undefined) as NDArray) // nothing is on disk
  const totalBytes = [...leaves, ...job.results].reduce((sum, array) => sum + bytesOf(array), 0)
  const report = reporter(job.work, totalBytes)
  report(0)
  signal?.throwIfAborted()
  const outs = job.computation.kind === 'elementwise' ? receivers.map((receiver) => memoryOf(receiver)) : []
  const values = await compute({ ...job, leaves, outs })
  report(totalBytes)
  signal?.throwIfAborted()
  return values.map((value, i) => {
    const receiver = receivers[i]
    if (receiver === undefined) return value
    fill(receiver, value)
    return undefined
  })
}

function memoryOf(receiver: Receiver): NDArray {
  if (isTarget(receiver)) throw new Error('nothing is on disk')
  return receiver.memory
}

/** By the service of `home`. As above. */
async function runThere(
  job: Job,
  home: Session,
  receivers: readonly Receiver[],
  turns: Turns,
): Promise<(NDArray | undefined)[]> {
  const byteLength = scratchBytes(job)
  const scratch = await home.budget.lend(byteLength, byteLength)
  const sending = new Sending(home, job.work)
  try {
    const sources = []
    for (const source of job.sources) sources.push(await sending.source(source))
    job.work.signal?.throwIfAborted()
    const tile = chosenTileSize()
    const { computation, roots } = job
    const answer = send(home, { computation, roots, sources, ...(tile && { tile }) }, job, receivers)
    turns.leaveShared() // the service keeps what it was asked to read
    const { buffer, results } = await answer
    return results.map((result, i) => receive(result, buffer, receivers[i]))
  } finally {
    scratch.end()
    await sending.end()
  }
}

interface Answer {
  readonly buffer: ArrayBuffer
  readonly results: readonly (EvaluatedArray | ArrayMeta)[]
}

/** The request is handed over before this returns. */
async function send(home: Session, evaluation: Evaluation, job: Job, receivers: readonly Receiver[]): Promise<Answer> {
  if (!receivers.some(isTarget)) return home.call('evaluate', evaluation, job.work)
  const targets = job.results.map((_, i) => {
    const receiver = receivers[i]
    return isTarget(receiver) ? versionOf(receiver.target.meta) : undefined
  })
  try {
    return await home.call('evaluateInto', { ...evaluation, targets }, job.work)
  } catch (error) {
    const results = job.work.signal?.aborted === true ? await committed(home, receivers) : undefined
    if (results === undefined) throw error
    return { buffer: new ArrayBuffer(0), results }
  }
}

/** An abort that came after the commit came too late: the change stands. undefined where it did not, or where a result is lost. */
async function committed(home: Session, receivers: readonly Receiver[]): Promise<ArrayMeta[] | undefined> {
  const metas: ArrayMeta[] = []
  for (const receiver of receivers) {
    if (!isTarget(receiver)) continue
    const { target } = receiver
    const now = await home.call('stat', { incarnation: target.meta.incarnation }).catch(() => undefined)
    if (now === undefined || now.version === target.meta.version) return undefined
    metas.push(now)
  }
  if (metas.length === receivers.length) return metas
  receivers.filter(isTarget).forEach(({ target }, i) => {
    replaceValue(target, metas[i] as ArrayMeta) // one for each
  })
  return undefined
}

function versionOf({ incarnation, version }: ArrayMeta): { incarnation: number; version: number } {
  return { incarnation, version }
}
