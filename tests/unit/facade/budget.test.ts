import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryBudget, type Resident } from '../../../src/budget.js'
import { MemoryBudgetError } from '../../../src/core/errors.js'
import type { Priority } from '../../../src/priority.js'

/** An array in memory: clean, changed, or held by user code. */
class Memory implements Resident {
  readonly path: string
  readonly #budget: MemoryBudget
  isLoaded = true
  isDirty = false
  isHeld = false
  worth: Priority = 'recent'
  /** Ends writes under way: whether they could be done. */
  readonly writes: ((could: boolean) => void)[] = []

  constructor(path: string, budget: MemoryBudget) {
    this.path = path
    this.#budget = budget
  }

  get isEvictable(): boolean {
    return !this.isDirty && !this.isHeld
  }

  evict(): void {
    this.isLoaded = false
    this.#budget.remove(this)
  }

  get leave(): (() => Promise<boolean>) | undefined {
    if (!this.isDirty || this.isHeld) return undefined
    return async () => {
      const could = await new Promise<boolean>((resolve) => this.writes.push(resolve))
      if (could) this.evict()
      return could
    }
  }
}

async function resident(budget: MemoryBudget, path: string, byteLength: number): Promise<Memory> {
  const memory = new Memory(path, budget)
  await budget.admit(memory, byteLength)
  return memory
}

const loaded = (...made: Memory[]) => made.filter(({ isLoaded }) => isLoaded).map(({ path }) => path)

/** How a promise stands once all that needs no time is done. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'waits'
  promise.then(
    () => {
      state = 'done'
    },
    (error: Error) => {
      state = error.name
    },
  )
  await vi.advanceTimersByTimeAsync(0)
  return state
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('MemoryBudget', () => {
  test('makes room by evicting what was used longest ago', async () => {
    const budget = new MemoryBudget(30)
    const [a, b, c] = [
      await resident(budget, 'a', 10),
      await resident(budget, 'b', 10),
      await resident(budget, 'c', 10),
    ]
    budget.touch(a)
    const d = await resident(budget, 'd', 15)
    expect(loaded(a, b, c, d)).toEqual(['a', 'd'])
    expect(budget.residentBytes).toBe(25)
  })

  test('lets go of large before small, clean before changed, and of priorities in their order', async () => {
    const MIB = 2 ** 20
    const order = async (...made: ((budget: MemoryBudget) => Promise<Memory>)[]) => {
      const budget = new MemoryBudget(100 * MIB)
      const gone: string[] = []
      const residents: Memory[] = []
      for (const make of made) {
        const one = await make(budget)
        one.evict = () => {
          gone.push(one.path)
          budget.remove(one)
        }
        residents.push(one)
      }
      void budget.setLimit(0)
      for (let turn = 0; turn < 5; turn++) {
        for (const { writes } of residents) for (const end of writes.splice(0)) end(true)
        await vi.advanceTimersByTimeAsync(0)
      }
      return gone
    }
    const of =
      (path: string, mebibytes: number, change: Partial<Memory> = {}) =>
      async (budget: MemoryBudget) =>
        Object.assign(await resident(budget, path, mebibytes * MIB), change)
    expect(await order(of('small', 1 / 64), of('large', 8), of('later', 8))).toEqual(['large', 'later', 'small'])
    expect(await order(of('changed', 8, { isDirty: true }), of('clean', 8))).toEqual(['clean', 'changed'])
    const priorities = [of('v', 8, { worth: 'visible' }), of('p', 8, { worth: 'prefetch' }), of('r', 8)]
    expect(await order(...priorities)).toEqual(['r', 'p', 'v'])
  })

  test('refuses at once what could never fit, evicts nothing for it, and names the largest holders first', async () => {
    const budget = new MemoryBudget(30)
    const small = await resident(budget, 'small', 5)
    const large = await resident(budget, 'large', 15)
    await resident(budget, 'free', 10)
    small.isHeld = large.isHeld = true
    const refused = budget.reserve(11)
    await expect(refused).rejects.toThrow(MemoryBudgetError)
    await expect(refused).rejects.toMatchObject({
      requested: 11,
      holders: [
        { path: 'large', byteLength: 15 },
        { path: 'small', byteLength: 5 },
      ],
    })
    expect(budget.residentBytes).toBe(30)
    await expect(budget.reserve(31)).rejects.toThrow(MemoryBudgetError)
  })

  test('waits for what is written out, and for calls that end; not for what comes to be held meanwhile', async () => {
    const budget = new MemoryBudget(30)
    const changed = await resident(budget, 'changed', 10)
    changed.isDirty = true
    const call = await budget.reserve(20)
    const waits = budget.reserve(30)
    expect(await stateOf(waits)).toBe('waits')
    changed.writes[0]?.(true)
    expect(await stateOf(waits)).toBe('waits')
    expect(budget.residentBytes).toBe(20)
    call.release()
    expect(await stateOf(waits)).toBe('done')
    ;(await waits).release()

    const loading = await budget.reserve(30)
    const other = budget.reserve(10)
    expect(await stateOf(other)).toBe('waits')
    const loaded = new Memory('loaded', budget)
    loaded.isHeld = true
    loading.handTo(loaded)
    expect(await stateOf(other)).toBe('MemoryBudgetError')
  })

  test('serves in the order of asking: a small one does not overtake a large one', async () => {
    const budget = new MemoryBudget(30)
    const call = await budget.reserve(20)
    const large = budget.reserve(25)
    const small = budget.reserve(5)
    expect([await stateOf(large), await stateOf(small)]).toEqual(['waits', 'waits'])
    expect(await budget.tryReserve(5)).toBeUndefined()
    call.release()
    expect([await stateOf(large), await stateOf(small)]).toEqual(['done', 'done'])
  })

  test('an abort ends the wait, and who comes after is served', async () => {
    const budget = new MemoryBudget(30)
    await budget.reserve(20)
    const abort = new AbortController()
    const large = budget.reserve(25, { signal: abort.signal })
    const small = budget.reserve(5)
    expect(await stateOf(small)).toBe('waits')
    abort.abort(new RangeError('enough'))
    await expect(large).rejects.toThrow('enough')
    expect(await stateOf(small)).toBe('done')
    expect(budget.residentBytes).toBe(25)
    await expect(budget.reserve(1, { signal: abort.signal })).rejects.toThrow('enough')
  })

  test('a write that fails keeps the memory, refuses who waits, and is tried again later, less and less often', async () => {
    const budget = new MemoryBudget(30)
    const changed = await resident(budget, 'changed', 30)
    changed.isDirty = true
    const refused = budget.reserve(10)
    expect(await stateOf(refused)).toBe('waits')
    changed.writes.pop()?.(false)
    expect(await stateOf(refused)).toBe('MemoryBudgetError')
    expect(await stateOf(budget.reserve(10))).toBe('MemoryBudgetError')
    expect(changed.writes.length).toBe(0)
    const tried: number[] = []
    for (let second = 0; second < 100; second++) {
      await vi.advanceTimersByTimeAsync(1000)
      if (changed.writes.length > 0) tried.push(second)
      changed.writes.pop()?.(false)
    }
    expect(tried.length).toBeGreaterThan(2)
    expect(tried.length).toBeLessThan(8)
    budget.retry()
    const waits = budget.reserve(10)
    await vi.advanceTimersByTimeAsync(20)
    changed.writes.pop()?.(true)
    expect(await stateOf(waits)).toBe('done')
  })

  test('above the high watermark offloads what has changes, down to the low one, and says so once', async () => {
    const told: number[] = []
    const budget = new MemoryBudget(100, { onPressure: (usedBytes) => told.push(usedBytes) })
    const made: Memory[] = []
    for (let i = 0; i < 10; i++) made.push(await resident(budget, `${i}`, 10))
    await vi.advanceTimersByTimeAsync(50)
    expect([budget.residentBytes, told]).toEqual([100, []]) // all clean
    for (const one of made.slice(0, 8)) one.isDirty = true
    budget.serve()
    for (let turn = 0; turn < 20; turn++) {
      await vi.advanceTimersByTimeAsync(20)
      for (const one of made) one.writes.pop()?.(true)
    }
    expect([budget.residentBytes, told]).toEqual([70, [80]])
    expect(loaded(...made)).toEqual(['3', '4', '5', '6', '7', '8', '9'])
    for (const one of made) if (one.isLoaded) one.isDirty = true
    budget.watermarks = { high: 0.6, low: 0 }
    await vi.advanceTimersByTimeAsync(20)
    expect(told).toEqual([80, 70])
  })

  test('a limit that is lowered is in force when memory was let go of', async () => {
    const budget = new MemoryBudget(30)
    const held = await resident(budget, 'held', 20)
    held.isHeld = true
    await resident(budget, 'free', 10)
    const met = budget.setLimit(5)
    expect([budget.residentBytes, budget.limit, budget.limitInForce]).toEqual([20, 5, 20])
    expect(await stateOf(met)).toBe('waits')
    held.evict()
    await met
    expect(budget.limitInForce).toBe(5)
  })

  test('memory to be used again is given with what needs as much of it, and takes only what is left', async () => {
    const UNIT = 2 ** 16 // less is not kept
    const budget = new MemoryBudget(30 * UNIT)
    const memory = await resident(budget, 'a', 12 * UNIT)
    const buffer = new ArrayBuffer(12 * UNIT)
    budget.remove(memory, buffer)
    const other = await budget.reserve(11 * UNIT)
    expect(other.spare).toBeUndefined()
    const same = await budget.reserve(12 * UNIT)
    expect(same.spare).toBe(buffer)
    same.release()
    await budget.reserve(19 * UNIT)
    expect((await budget.reserve(0)).spare).toBeUndefined()
    other.release()
    expect((await budget.tryReserve(11 * UNIT))?.spare).toBeUndefined()
    const full = new MemoryBudget(12 * UNIT)
    const only = await resident(full, 'only', 12 * UNIT)
    only.evict = () => full.remove(only, buffer)
    expect((await full.reserve(12 * UNIT)).spare).toBe(buffer) // of what made room for it
  })

  test('bytes on their way are counted, and are never waited for by what writes memory out', async () => {
    const budget = new MemoryBudget(30)
    const held = await resident(budget, 'held', 22)
    held.isHeld = true
    const loan = await budget.lend(12, 4)
    expect([loan.byteLength, budget.usedBytes]).toEqual([8, 30])
    const waits = budget.reserve(2)
    expect(await stateOf(waits)).toBe('waits')
    const least = await budget.lend(12, 4)
    expect(least.byteLength).toBe(4)
    least.end()
    loan.end()
    loan.end()
    expect(await stateOf(waits)).toBe('done')
    expect(budget.usedBytes).toBe(24)
  })
})
