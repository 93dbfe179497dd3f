// This library, in each of the ways an application would use it.
import {
  type Disk,
  type DiskBackedNDArray,
  type DiskBackedStore,
  type NDArray,
  openDisk,
  slice,
} from '../../../src/index.js'
import type { BenchData, ByteRange, Floats } from '../data.js'
import { type Contender, type Trial, trial } from '../trial.js'

const LARGE = 'large'
const DISK_NAME = 'bench'

type Floats1D = DiskBackedNDArray<'float32'>

export function library(data: BenchData): Contender {
  const bench = new LibraryBench(data)
  return {
    name: 'this library',
    role: 'library',
    open: () => bench.open(),
    trials: () => [...bench.writeTrials(), ...bench.readTrials(), ...bench.sliceTrials(), ...bench.smallTrials()],
    close: () => bench.close(),
  }
}

class LibraryBench {
  readonly #data: BenchData
  #openedDisk: Disk | undefined
  #openedStore: DiskBackedStore | undefined
  #openedArray: Floats1D | undefined

  constructor(data: BenchData) {
    this.#data = data
  }

  async open(): Promise<void> {
    this.#openedDisk = await openDisk({ name: DISK_NAME })
    await this.#disk.clear()
    this.#openedStore = await this.#disk.store('small')
  }

  async close(): Promise<void> {
    await this.#disk.clear()
    await this.#disk.close()
  }

  get #disk(): Disk {
    return defined(this.#openedDisk)
  }

  get #store(): DiskBackedStore {
    return defined(this.#openedStore)
  }

  get #array(): Floats1D {
    return defined(this.#openedArray)
  }

  writeTrials(): Trial[] {
    const { large, plan } = this.#data
    const byteLength = plan.largeBytes
    const create = async () => {
      this.#openedArray = await this.#disk.array<'float32'>(large, { cachePath: LARGE })
    }
    const createDurably = async () => {
      await create()
      await this.#disk.flush()
    }
    const makeRoom = async () => {
      await this.#disk.delete(LARGE)
      await this.#disk.flush()
    }
    const change = async () => {
      this.#data.change()
      await this.#disk.flush()
    }
    const changeLoaded = async () => {
      await change()
      const live = await this.#array.data()
      live.set(large)
    }
    const check = () => this.#checkStored()
    const common = { byteLength, check }
    return [
      trial({ ...common, workload: 'put-new', how: 'array', prepare: makeRoom, run: create }),
      trial({ ...common, workload: 'put-new', how: 'array, then flush', prepare: makeRoom, run: createDurably }),
      trial({ ...common, workload: 'put-over', how: 'array at the same path', prepare: change, run: create }),
      trial({
        ...common,
        workload: 'put-over',
        how: 'data, changed; offload',
        prepare: changeLoaded,
        run: () => this.#array.offload(),
      }),
      trial({
        ...common,
        workload: 'put-give',
        how: 'data, changed; offload with transfer',
        prepare: changeLoaded,
        run: () => this.#array.offload({ transfer: true }),
      }),
    ]
  }

  readTrials(): Trial[] {
    const byteLength = this.#data.plan.largeBytes
    const read = () => this.#array.data({ readOnly: true })
    const check = async (found: Float32Array) => {
      this.#data.checkLarge(found)
      await this.#array.offload()
    }
    const load = () => this.#array.load('r')
    const loadAndDrop = async (transfer: boolean) => {
      await read()
      await this.#array.offload({ transfer })
    }
    return [
      trial({
        workload: 'let-go',
        how: 'offload',
        byteLength,
        prepare: async () => {
          await read()
        },
        run: () => this.#array.offload(),
      }),
      trial({
        workload: 'get',
        how: 'data, into a fresh buffer',
        byteLength,
        prepare: () => loadAndDrop(false),
        run: read,
        check,
      }),
      trial({
        workload: 'get',
        how: 'data, the last buffer given up by offload with transfer',
        byteLength,
        prepare: () => loadAndDrop(true),
        run: read,
        check,
      }),
      trial({
        workload: 'get',
        how: 'load, after a load and an offload',
        byteLength,
        prepare: async () => {
          await load()
          await this.#array.offload()
        },
        run: load,
        check: async () => check(await read()),
      }),
    ]
  }

  sliceTrials(): Trial[] {
    const { sliceCount, sliceBytes } = this.#data.plan
    const common = { byteLength: sliceBytes, operations: sliceCount }
    let ranges: ByteRange[] = []
    let into: Floats | undefined
    const prepare = () => {
      ranges = this.#data.ranges(sliceCount)
    }
    const get = (range: ByteRange) => this.#array.get(selectionOf(range))
    const single = async () => {
      const found = []
      for (const range of ranges) found.push(await get(range))
      return found
    }
    const getMany = async (options?: { into: Floats }) => {
      const found = await this.#array.getMany(ranges.map(selectionOf), options)
      into = new Float32Array(defined(found[0]).data.buffer as ArrayBuffer)
      return found
    }
    const check = (found: NDArray<'float32'>[]) => {
      const slices = found.map((array) => array.toArray())
      this.#data.checkSlices(slices, ranges)
    }
    const many = { ...common, workload: 'slice-many', prepare, check } as const
    return [
      trial({ ...common, workload: 'slice-single', how: 'get', prepare, run: single, check }),
      trial({ ...many, how: 'get, all at once with Promise.all', run: () => Promise.all(ranges.map(get)) }),
      trial({ ...many, how: 'getMany', run: () => getMany() }),
      trial({ ...many, how: 'getMany into the last buffer', run: () => getMany({ into: defined(into) }) }),
    ]
  }

  smallTrials(): Trial[] {
    const { small, plan } = this.#data
    const byteLength = plan.smallCount * plan.smallBytes
    const names = small.map(({ name }) => name)
    const empty = async () => {
      await this.#store.clear()
      await this.#disk.flush()
      this.#data.change()
    }
    const forget = async () => {
      await this.#store.offload()
      for (const name of names) this.#store.forget(name)
    }
    const setSingle = async () => {
      for (const { name, data } of small) await this.#store.set(name, data)
    }
    const setMany = () => this.#store.setMany(small.map(({ name, data }) => [name, data] as const))
    const read = async (array: DiskBackedNDArray | undefined) =>
      (await defined(array).data({ readOnly: true })) as Float32Array
    const getSingle = async () => {
      const found = []
      for (const name of names) found.push(await read(await this.#store.get(name)))
      return found
    }
    const getMany = async () => Promise.all((await this.#store.getMany(names)).map(read))
    const check = (found: Float32Array[]) => this.#data.checkSmall(found)
    const checkStored = async () => {
      await forget()
      check(await getMany())
    }
    const set = { byteLength, prepare: empty, check: checkStored }
    const get = { byteLength, prepare: forget, check }
    return [
      trial({ ...set, workload: 'small-set-single', how: 'store.set', run: setSingle }),
      trial({ ...set, workload: 'small-set-many', how: 'store.setMany', run: setMany }),
      trial({ ...get, workload: 'small-get-single', how: 'store.get, data', run: getSingle }),
      trial({ ...get, workload: 'small-get-many', how: 'store.getMany, data with Promise.all', run: getMany }),
    ]
  }

  /** What is on disk is what was put; leaves the array offloaded. */
  async #checkStored(): Promise<void> {
    await this.#array.offload()
    this.#data.checkLarge(await this.#array.data({ readOnly: true }))
    await this.#array.offload()
  }
}

function selectionOf({ offset, length }: ByteRange) {
  return [slice(offset / 4, (offset + length) / 4)]
}

function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there')
  return value
}
