// Programs: expressions compiled to a list of kernel calls, run tile by tile over memory that is made once.
import { DTYPES, type DType, type TypedArray } from '../dtype.js'
import { allocate, partOf } from '../typed-array.js'
import type { Node } from './expression.js'
import type { Kernels } from './kernel-table.js'
import { type Call, type Plan, planOf, type Value } from './plan.js'

/** Elements computed at a time where there are steps between: what they leave stays in the cache. */
const CHUNK = 16_384

export interface Program {
  /** The indices of the arrays it reads. */
  readonly leaves: readonly number[]
  /**
   * Computes `n` elements. `inputs` has at each leaf's index its n elements in the leaf's dtype, or its one element where the leaf has one;
   * `outs` has for each root room for n elements. With one root, `outs[0]` may be an input of its dtype; else they share no memory.
   * Errors: DTypeError for integers to negative powers.
   */
  run(n: number, inputs: readonly TypedArray[], outs: readonly TypedArray[]): void
}

/** Where a program keeps what it needs: room for `size` elements. */
export type Allocate = (dtype: DType, size: number) => TypedArray

/** Compiles expressions of one shape that are computed together. */
export function compile(roots: readonly Node[], kernels: Kernels, room: Allocate = allocate): Program {
  const plan = planOf(roots, kernels, room)
  const scratch = new Scratch(plan, room)
  const arrays = new Array<TypedArray>(plan.values.length)
  for (const [index, { constant }] of plan.values.entries()) if (constant !== undefined) arrays[index] = constant
  return {
    leaves: plan.leaves.map(([, leaf]) => leaf),
    run(n, inputs, outs) {
      const step = plan.needsScratch ? Math.min(n, CHUNK) : n
      for (let start = 0; start < n; start += step) {
        const count = Math.min(step, n - start)
        const part = (index: number, array: TypedArray) => elementsOf(plan.values[index], array, start, count)
        for (const [index, leaf] of plan.leaves) arrays[index] = part(index, inputs[leaf] as TypedArray)
        for (const [index, out] of plan.outs) arrays[index] = part(index, outs[out] as TypedArray)
        scratch.place(arrays, count)
        for (const call of plan.calls) runCall(call, arrays, plan.values, count)
      }
    },
  }
}

/** `count` elements from `start` on; a value of one element is always that. */
function elementsOf(value: Value | undefined, array: TypedArray, start: number, count: number): TypedArray {
  if (value === undefined || value.isSingle) return array
  const { width } = DTYPES[value.dtype]
  return partOf(array, start * width, count * width)
}

function runCall({ run, inputs, output }: Call, arrays: TypedArray[], values: readonly Value[], n: number): void {
  run(values[output]?.isSingle ? 1 : n, inputs, arrays, arrays[output] as TypedArray)
}

/** The memory of intermediate values, shared by those that are not needed at once. */
class Scratch {
  readonly #plan: Plan
  readonly #room: Allocate
  #memory: TypedArray[] = []
  #capacity = 0
  #placed = -1

  constructor(plan: Plan, room: Allocate) {
    this.#plan = plan
    this.#room = room
  }

  place(arrays: TypedArray[], count: number): void {
    if (count === this.#placed) return
    if (count > this.#capacity) {
      this.#memory = this.#plan.registers.map(({ dtype, isSingle }) => this.#room(dtype, isSingle ? 1 : count))
      this.#capacity = count
    }
    for (const [index, register] of this.#plan.scratch) {
      arrays[index] = elementsOf(this.#plan.values[index], this.#memory[register] as TypedArray, 0, count)
    }
    this.#placed = count
  }
}
