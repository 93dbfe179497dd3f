// In the page: many arrays under a small budget, touched at random, against a model of what they hold.
import { type DiskBackedNDArray, slice } from '../../src/index.js'
import { open } from './kept.js'

const MIB = 2 ** 20

export interface Crowd {
  readonly arrays: number
  readonly arrayBytes: number
  readonly memoryBudget: number
  readonly touches: number
  /** Leaves the disk open and memory as it is, instead of reading everything once more. */
  readonly staysOpen?: boolean
}

export interface CrowdOutcome {
  /** Values that were not what the model says. */
  readonly wrong: string[]
  /** Samples, and those above the limit in force. */
  readonly samples: number
  readonly over: string[]
  /** Of all touches, and what a cache that knows only recency would have had with the same budget. */
  readonly hitRate: number
  readonly idealHitRate: number
  readonly evictions: number
  readonly errors: string[]
}

/** Numbers in [0, 1), the same in every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** An ideal cache: what was touched longest ago goes first, at no cost. */
class IdealCache {
  hits = 0
  slots = 0
  readonly #kept: number[] = []

  touch(which: number): void {
    const at = this.#kept.indexOf(which)
    if (at >= 0) {
      this.hits++
      this.#kept.splice(at, 1)
    }
    this.#kept.push(which)
    while (this.#kept.length > this.slots) this.#kept.shift()
  }

  /** Has room for one thing less for a moment. */
  squeeze(): void {
    if (this.#kept.length >= this.slots) this.#kept.shift()
  }

  forget(which: number): void {
    const at = this.#kept.indexOf(which)
    if (at >= 0) this.#kept.splice(at, 1)
  }

  /** Reads in between make recent what is kept. */
  refresh(which: number): void {
    const at = this.#kept.indexOf(which)
    if (at >= 0) this.#kept.push(...this.#kept.splice(at, 1))
  }
}

/** All elements of an array but for the first and the last are `inner`. */
interface Model {
  first: number
  inner: number
  last: number
}

export async function runCrowd({ arrays, arrayBytes, memoryBudget, touches, staysOpen }: Crowd): Promise<CrowdOutcome> {
  const disk = await open({ memoryBudget })
  const errors: string[] = []
  disk.addEventListener('error', ({ detail }) => errors.push(String(detail.error)))
  const length = arrayBytes / 4
  const made: DiskBackedNDArray<'uint32'>[] = []
  for (let i = 0; i < arrays; i++) made.push(await disk.full([length], i, 'uint32', { cachePath: `crowd/${i}` }))
  const expected = made.map((_, i): Model => ({ first: i, inner: i, last: i }))

  const wrong: string[] = []
  const over: string[] = []
  let samples = 0
  let isOver = false
  const sample = async (): Promise<void> => {
    while (!isOver) {
      const { residentBytes, memoryBudget: limit } = await disk.usage()
      samples++
      if (residentBytes > limit) over.push(`${residentBytes} of ${limit}`)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  const next = random(7)
  /** Some are wanted more often than others. */
  const pick = (): number => Math.floor(arrays * next() ** 3)
  const ideal = new IdealCache()
  ideal.slots = Math.floor(memoryBudget / arrayBytes)
  let hits = 0

  const at = (which: number) => [made[which] as DiskBackedNDArray<'uint32'>, expected[which] as Model] as const

  const touch = async (step: number): Promise<void> => {
    const which = pick()
    const [array, model] = at(which)
    ideal.touch(which)
    if (!array.offloaded) hits++
    const check = (data: Uint32Array): void => {
      if (data[0] !== model.first || data[length - 1] !== model.last || data[length >> 1] !== model.inner)
        wrong.push(`${which} at ${step}: ${data[0]}, ${data[length >> 1]}, ${data[length - 1]}`)
    }
    if (step % 4 === 0) {
      await array.use((data) => {
        check(data)
        data[0] = data[length - 1] = step
        model.first = model.last = step
      })
    } else check(await array.data({ readOnly: true }))
    if (step % 5 !== 0) return
    const other = pick()
    ideal.refresh(other)
    const [sliced, { last }] = at(other)
    const part = await sliced.get([slice(-2, null)])
    if (part.item(1) !== last) wrong.push(`slice of ${other} at ${step}: ${part.item(1)}`)
  }

  /** A sum of one, of two into memory, or of one and a number into another on disk. */
  const operate = async (step: number): Promise<void> => {
    const [one, other] = [pick(), pick()]
    const [[a, x], [b, y]] = [at(one), at(other)]
    ideal.refresh(one)
    if (step % 9 === 2) {
      const sum = Number(await a.sum())
      if (sum !== x.first + x.inner * (length - 2) + x.last) wrong.push(`sum of ${one} at ${step}: ${sum}`)
    } else if (step % 9 === 5) {
      ideal.refresh(other)
      ideal.squeeze()
      const sum = await a.add(b)
      const [first, inner, last] = [sum.item(0), sum.item(length >> 1), sum.item(-1)]
      if (first !== x.first + y.first || inner !== x.inner + y.inner || last !== x.last + y.last)
        wrong.push(`${one} and ${other} at ${step}: ${first}, ${inner}, ${last}`)
    } else {
      ideal.forget(other)
      const [first, inner, last] = [x.first + step, x.inner + step, x.last + step]
      await a.add(step, { out: b })
      Object.assign(y, { first, inner, last })
    }
  }

  const sampling = sample()
  let met: Promise<void> = Promise.resolve()
  for (let step = 1; step <= touches; step++) {
    if (step === Math.floor(touches / 3)) {
      met = disk.setMemoryBudget(memoryBudget / 2)
      ideal.slots /= 2
    }
    if (step === Math.floor((2 * touches) / 3)) {
      await met
      await disk.setMemoryBudget(memoryBudget)
      ideal.slots *= 2
    }
    await touch(step)
    if (step % 3 === 2) await operate(step)
  }
  const { evictions } = await disk.stats()
  // Many at once: what has no room waits for it.
  const burst = Array.from({ length: 3 * ideal.slots }, (_, i) => made[i] as DiskBackedNDArray<'uint32'>)
  const doubled = burst.map((array) => array.add(array).then((sum) => Number(sum.item(0)) / 2, String))
  const used = burst.map((array) => array.use((data) => data[0], { readOnly: true }).catch(String))
  for (const [i, first] of [...(await Promise.all(used)).entries(), ...(await Promise.all(doubled)).entries()])
    if (first !== expected[i]?.first) wrong.push(`burst ${i}: ${first}`)
  isOver = true
  await sampling
  if (staysOpen !== true) {
    await disk.close()
    const again = await open({ memoryBudget: 8 * MIB })
    for (const [i, { first, inner, last }] of expected.entries()) {
      const array = await again.openArray(`crowd/${i}`)
      const found = [await array.item(0), await array.item(length >> 1), await array.item(-1)]
      if (`${found}` !== `${[first, inner, last]}`) wrong.push(`${i} at the end: ${found}`)
    }
  }
  const hitRate = hits / touches
  return { wrong, samples, over, hitRate, idealHitRate: ideal.hits / touches, evictions: evictions.memory, errors }
}
