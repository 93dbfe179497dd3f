// The page's side of a run: opens the contenders, takes them through the rounds, hands the results to Node.
import { nativePeer } from './contenders/browser.js'
import { floor } from './contenders/floor.js'
import { idbKeyvalPeer } from './contenders/idb-keyval.js'
import { library } from './contenders/library.js'
import { localforagePeer } from './contenders/localforage.js'
import { opfsToolsPeer } from './contenders/opfs-tools.js'
import { opfsWorkerPeer } from './contenders/opfs-worker.js'
import { BenchData } from './data.js'
import { contenderOf } from './peer.js'
import { type Measurement, type Plan, type Results, WORKLOADS } from './results.js'
import { type Contender, inTime, type Trial } from './trial.js'

declare global {
  interface Window {
    runBench(plan: Plan): Promise<Results>
    /** Set by Node. */
    reportProgress?(text: string): Promise<void>
  }
}

interface Entry {
  readonly contender: Contender
  readonly trials: readonly { readonly trial: Trial; readonly measurement: Measurement }[]
}

window.runBench = async (plan) => {
  const entries = openEntries(plan)
  for (const { contender } of entries) await contender.open()
  for (let round = 0; round <= plan.rounds; round++) {
    await window.reportProgress?.(round === 0 ? 'warm-up' : `round ${round} of ${plan.rounds}`)
    for (const entry of rotated(entries, round)) await runEntry(entry, round === 0)
  }
  for (const { contender } of entries) await contender.close()
  const measurements = entries.flatMap(({ trials }) => trials.map(({ measurement }) => measurement))
  return { userAgent: navigator.userAgent, date: new Date().toISOString(), plan, workloads: WORKLOADS, measurements }
}

function openEntries(plan: Plan): Entry[] {
  const data = new BenchData(plan)
  const peers = [opfsToolsPeer, opfsWorkerPeer, idbKeyvalPeer, localforagePeer, nativePeer]
  const contenders = [library(data), ...peers.map((peer) => contenderOf(peer(), data)), floor(data)]
  const chosen = contenders.filter(({ name }) => plan.only?.includes(name) ?? true)
  return chosen.map((contender) => ({
    contender,
    trials: contender.trials().map((trial) => ({ trial, measurement: emptyMeasurement(contender, trial) })),
  }))
}

function emptyMeasurement({ name, role }: Contender, { workload, how, byteLength }: Trial): Measurement {
  return { workload, contender: name, role, how, byteLength, rounds: [], first: undefined, failures: [] }
}

/** After a failure the contender starts anew, and leaves the rest of the round, which builds on what failed. */
async function runEntry({ contender, trials }: Entry, warmUp: boolean): Promise<void> {
  for (const { trial, measurement } of trials) {
    try {
      const milliseconds = await trial.execute()
      if (warmUp) measurement.first = milliseconds
      else measurement.rounds.push(milliseconds)
    } catch (error) {
      measurement.failures.push(String(error))
      await window.reportProgress?.(`${contender.name}, ${trial.workload}: ${error}`)
      await inTime(contender.open())
      return
    }
  }
}

/** Each round starts with another contender, so that none always follows the same one. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
