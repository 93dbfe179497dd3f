// The budget against a model: any calls at once, writes that fail, limits that change.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MemoryBudget, type Resident } from '../../../src/budget.js'
import { MemoryBudgetError } from '../../../src/core/errors.js'
import type { Reservation } from '../../../src/reservation.js'

/** An array of the model. */
class Modelled implements Resident {
  readonly path: string
  readonly byteLength: number
  readonly world: World
  isLoaded = false
  isDirty = false
  isHeld = false

  constructor(path: string, byteLength: number, world: World) {
    this.path = path
    this.byteLength = byteLength
    this.world = world
  }

  get isEvictable(): boolean {
    return this.isLoaded && !this.isDirty && !this.isHeld
  }

  evict(): void {
    if (!this.isEvictable) throw new Error(`${this.path} was evicted while it is in use or has changes`)
    this.drop()
  }

  drop(): void {
    this.isLoaded = this.isDirty = this.isHeld = false
    this.world.budget.remove(this)
  }

  get leave(): (() => Promise<boolean>) | undefined {
    if (!this.isDirty || this.isHeld) return undefined
    return async () => {
      const could = await this.world.takesTime()
      if (!could || this.isHeld) return could
      this.isDirty = false
      this.evict()
      return true
    }
  }
}

interface Load {
  readonly array: Modelled
  readonly abort: AbortController
  state: 'waits' | 'admitted' | 'refused' | 'aborted'
}

class World {
  readonly budget: MemoryBudget
  readonly arrays: Modelled[]
  readonly loads: Load[] = []
  /** Reads and writes under way. */
  readonly steps: ((could: boolean) => void)[] = []
  #limitInForce: number

  constructor(limit: number, sizes: readonly number[]) {
    this.budget = new MemoryBudget(limit)
    this.#limitInForce = limit
    this.arrays = sizes.map((size, i) => new Modelled(`${i}`, size, this))
  }

  takesTime(): Promise<boolean> {
    return new Promise((resolve) => this.steps.push(resolve))
  }

  load(array: Modelled): void {
    const abort = new AbortController()
    const load: Load = { array, abort, state: 'waits' }
    this.loads.push(load)
    this.budget.reserve(array.byteLength, { path: array.path, signal: abort.signal }).then(
      (room) => {
        load.state = 'admitted'
        void this.#read(array, room)
      },
      (error: unknown) => {
        load.state = error instanceof MemoryBudgetError ? 'refused' : 'aborted'
      },
    )
  }

  async #read(array: Modelled, room: Reservation): Promise<void> {
    const could = await this.takesTime()
    if (!could || array.isLoaded) return room.release()
    array.isLoaded = true
    room.handTo(array)
  }

  setLimit(limit: number): void {
    void this.budget.setLimit(limit)
  }

  /** What must hold at any time. */
  check(): void {
    const { residentBytes, limit, limitInForce } = this.budget
    const loaded = this.arrays.filter(({ isLoaded }) => isLoaded).reduce((sum, { byteLength }) => sum + byteLength, 0)
    expect(residentBytes).toBeGreaterThanOrEqual(loaded)
    expect(residentBytes).toBeLessThanOrEqual(limitInForce)
    expect(limitInForce).toBeLessThanOrEqual(Math.max(limit, this.#limitInForce)) // it only comes down
    this.#limitInForce = limitInForce
    expect(this.budget.usedBytes).toBe(residentBytes)
    // In order of asking: what was asked for before something that was admitted does not wait.
    const states = this.loads.map(({ state }) => state)
    const lastAdmitted = states.lastIndexOf('admitted')
    expect(states.slice(0, Math.max(0, lastAdmitted))).not.toContain('waits')
  }
}

type Step = readonly [
  kind: 'load' | 'write' | 'hold' | 'release' | 'drop' | 'abort' | 'end' | 'fail' | 'limit',
  at: number,
]

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom(
      'load',
      'load',
      'load',
      'write',
      'hold',
      'release',
      'drop',
      'abort',
      'end',
      'end',
      'end',
      'fail',
      'limit',
    ),
    fc.nat(1000),
  ) as fc.Arbitrary<Step>,
  { maxLength: 60 },
)

function take(world: World, [kind, at]: Step): void {
  const array = world.arrays[at % world.arrays.length] as Modelled
  if (kind === 'load' && !array.isLoaded) world.load(array)
  if (kind === 'load') world.budget.touch(array)
  if (kind === 'write' && array.isLoaded) array.isDirty = true
  if (kind === 'hold' && array.isLoaded) array.isHeld = true
  if (kind === 'release') array.isHeld = false
  if (kind === 'drop' && array.isLoaded) array.drop()
  if (kind === 'abort') world.loads[at % (world.loads.length + 1)]?.abort.abort()
  if (kind === 'end' || kind === 'fail') world.steps.splice(at % (world.steps.length + 1), 1)[0]?.(kind === 'end')
  if (kind === 'limit') world.setLimit(at % 120)
  world.budget.serve()
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const nothingWaits = async (world: World, could: boolean): Promise<void> => {
  for (let turn = 0; turn < 500 && world.steps.length > 0; turn++) {
    world.steps.shift()?.(could)
    await vi.advanceTimersByTimeAsync(0)
    world.check()
  }
}

test('never over the limit, in order, never stuck: what is admitted fits, what waits is served or refused', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(sizes, steps, fc.boolean(), async (sizes, steps, could) => {
      const world = new World(100, sizes)
      for (const step of steps) {
        take(world, step)
        world.check()
        await vi.advanceTimersByTimeAsync(0)
        world.check()
      }
      // Whether reads and writes succeed or not: once they have ended nobody waits, whatever is held.
      await nothingWaits(world, could)
      expect(world.loads.filter(({ state }) => state === 'waits')).toEqual([])
      // Held no more and able to write, everything goes.
      for (const array of world.arrays) array.isHeld = false
      world.budget.retry()
      const met = world.budget.setLimit(0)
      await nothingWaits(world, true)
      await met
      expect([world.budget.residentBytes, world.arrays.some(({ isLoaded }) => isLoaded)]).toEqual([0, false])
    }),
    { numRuns: 500 },
  )
})
