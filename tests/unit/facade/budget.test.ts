import { describe, expect, test } from 'vitest'
import { MemoryBudget, type Resident } from '../../../src/budget.js'
import { MemoryBudgetError } from '../../../src/core/errors.js'

class Memory implements Resident {
  isEvictable = true
  readonly path: string
  readonly #budget: MemoryBudget

  constructor(path: string, budget: MemoryBudget) {
    this.path = path
    this.#budget = budget
  }

  evict(): void {
    this.#budget.remove(this)
  }
}

describe('MemoryBudget', () => {
  test('makes room by evicting what was used longest ago', () => {
    const budget = new MemoryBudget(30)
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((path) => new Memory(path, budget)) as [
      Memory,
      Memory,
      Memory,
      Memory,
    ]
    for (const memory of [a, b, c]) budget.admit(memory, 10)
    budget.touch(a)
    budget.admit(d, 15)
    expect([...budget.residents]).toEqual([a, d])
    expect(budget.residentBytes).toBe(25)
  })

  test('evicts nothing where that would not be enough, and names the largest holders first', () => {
    const budget = new MemoryBudget(30)
    const [small, large, free] = ['small', 'large', 'free'].map((path) => new Memory(path, budget)) as [
      Memory,
      Memory,
      Memory,
    ]
    budget.admit(small, 5)
    budget.admit(large, 15)
    budget.admit(free, 10)
    small.isEvictable = large.isEvictable = false
    const refused = () => budget.admit(new Memory('new', budget), 11)
    expect(refused).toThrow(MemoryBudgetError)
    try {
      refused()
    } catch (error) {
      expect(error).toMatchObject({
        requested: 11,
        holders: [
          { path: 'large', byteLength: 15 },
          { path: 'small', byteLength: 5 },
        ],
      })
    }
    expect(budget.residentBytes).toBe(30)
  })

  test('counts a resident that grows once', () => {
    const budget = new MemoryBudget(30)
    const memory = new Memory('a', budget)
    budget.admit(memory, 10)
    budget.admit(memory, 25)
    expect(budget.residentBytes).toBe(25)
    expect(() => budget.admit(memory, 31)).toThrow(MemoryBudgetError)
    expect(budget.residentBytes).toBe(25)
  })

  test('a limit that is lowered is in force when memory was let go of', async () => {
    const budget = new MemoryBudget(30)
    const held = new Memory('held', budget)
    held.isEvictable = false
    budget.admit(held, 20)
    budget.admit(new Memory('free', budget), 10)
    let isMet = false
    const met = budget.setLimit(5).then(() => {
      isMet = true
    })
    expect([budget.residentBytes, budget.limit, budget.limitInForce]).toEqual([20, 5, 20])
    await Promise.resolve()
    expect(isMet).toBe(false)
    held.evict()
    await met
    expect(budget.limitInForce).toBe(5)
  })

  test('keeps spare buffers within the limit, and gives them up first', () => {
    const budget = new MemoryBudget(30)
    const [one, two] = [new ArrayBuffer(10), new ArrayBuffer(12)]
    budget.giveSpare(one)
    budget.giveSpare(two)
    expect(budget.takeSpare(11)).toBeUndefined()
    expect(budget.takeSpare(12)).toBe(two)
    budget.giveSpare(two)
    budget.admit(new Memory('a', budget), 15)
    expect([budget.takeSpare(10), budget.takeSpare(12)]).toEqual([undefined, two])
    budget.giveSpare(new ArrayBuffer(16))
    expect(budget.takeSpare(16)).toBeUndefined()
  })
})
