// The interface every other library is measured through, and the trials made of it.
import type { BenchData, ByteRange, Floats, NamedArray } from './data.js'
import { type Contender, type Trial, trial } from './trial.js'

/** Something opened once to read many ranges of one array. */
export interface SliceReader {
  slice(range: ByteRange): Promise<Float32Array>
  close(): Promise<void>
}

/** How a library is used at its best for each task; `how` describes that in its own terms. */
export interface Peer {
  readonly name: string
  readonly how: {
    readonly put: string
    readonly give?: string
    readonly get: string
    readonly getSmall?: string
    readonly slice: string
    readonly setMany: string
    readonly getMany: string
  }
  /** It has no partial reads: a slice reads the whole array. */
  readonly readsWholeOnly: boolean
  open(): Promise<void>
  close(): Promise<void>
  /** Makes or replaces; the caller's array stays as it is. */
  put(name: string, data: Floats): Promise<void>
  /** The same, but `data` may be detached. Missing where that is no gain. */
  give?(name: string, data: Floats): Promise<void>
  get(name: string): Promise<Float32Array>
  /** Where another way than `get` is faster for a small array. */
  getSmall?(name: string): Promise<Float32Array>
  remove(name: string): Promise<void>
  openSlices(name: string): Promise<SliceReader>
  setMany(arrays: readonly NamedArray[]): Promise<void>
  getMany(names: readonly string[]): Promise<Float32Array[]>
}

const LARGE = 'large'
/** Whole reads are slow enough for a few to tell. */
const WHOLE_READS = 2

export function contenderOf(peer: Peer, data: BenchData): Contender {
  return {
    name: peer.name,
    role: 'peer',
    open: () => peer.open(),
    close: () => peer.close(),
    trials: () => [...largeTrials(peer, data), ...sliceTrials(peer, data), ...smallTrials(peer, data)],
  }
}

function largeTrials(peer: Peer, data: BenchData): Trial[] {
  const byteLength = data.plan.largeBytes
  const check = async () => data.checkLarge(await peer.get(LARGE))
  const put = { how: peer.how.put, byteLength, check, run: () => peer.put(LARGE, data.large) }
  const get = { how: peer.how.get, byteLength, run: () => peer.get(LARGE) }
  const trials = [
    trial({ ...put, workload: 'put-new', prepare: () => peer.remove(LARGE) }),
    trial({ ...put, workload: 'put-over', prepare: () => data.change() }),
  ]
  if (peer.give !== undefined) {
    const give = peer.give.bind(peer)
    let given: Floats
    trials.push(
      trial({
        workload: 'put-give',
        how: peer.how.give ?? peer.how.put,
        byteLength,
        prepare: () => {
          data.change()
          given = data.large.slice()
        },
        run: () => give(LARGE, given),
        check,
      }),
    )
  }
  return [...trials, trial({ ...get, workload: 'get', check: (found) => data.checkLarge(found) })]
}

function sliceTrials(peer: Peer, data: BenchData): Trial[] {
  const { sliceCount, sliceBytes } = data.plan
  const count = peer.readsWholeOnly ? WHOLE_READS : sliceCount
  const common = { how: peer.how.slice, byteLength: sliceBytes, operations: count }
  let ranges: ByteRange[] = []
  let reader: SliceReader
  const prepare = async () => {
    ranges = data.ranges(count)
    reader = await peer.openSlices(LARGE)
  }
  const check = async (found: Float32Array[]) => {
    await reader.close()
    data.checkSlices(found, ranges)
  }
  const single = async () => {
    const found = []
    for (const range of ranges) found.push(await reader.slice(range))
    return found
  }
  const many = () => Promise.all(ranges.map((range) => reader.slice(range)))
  return [
    trial({ ...common, workload: 'slice-single', prepare, run: single, check }),
    trial({ ...common, workload: 'slice-many', prepare, run: many, check }),
  ]
}

function smallTrials(peer: Peer, data: BenchData): Trial[] {
  const { smallCount, smallBytes } = data.plan
  const byteLength = smallCount * smallBytes
  const names = data.small.map(({ name }) => name)
  const prepare = async () => {
    for (const name of names) await peer.remove(name)
    data.change()
  }
  const setSingle = async () => {
    for (const { name, data: value } of data.small) await peer.put(name, value)
  }
  const getSingle = async () => {
    const found = []
    for (const name of names) found.push(await (peer.getSmall?.(name) ?? peer.get(name)))
    return found
  }
  const checkStored = async () => data.checkSmall(await peer.getMany(names))
  const check = (found: Float32Array[]) => data.checkSmall(found)
  const { put, setMany, get, getSmall, getMany } = peer.how
  return [
    trial({ workload: 'small-set-single', how: put, byteLength, prepare, run: setSingle, check: checkStored }),
    trial({
      workload: 'small-set-many',
      how: setMany,
      byteLength,
      prepare,
      run: () => peer.setMany(data.small),
      check: checkStored,
    }),
    trial({ workload: 'small-get-single', how: getSmall ?? get, byteLength, run: getSingle, check }),
    trial({ workload: 'small-get-many', how: getMany, byteLength, run: () => peer.getMany(names), check }),
  ]
}
