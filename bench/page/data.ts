// The arrays that are stored, how they change from round to round, and the checks that they came back.
import type { Plan } from './results.js'

export type Floats = Float32Array<ArrayBuffer>

/** One element in so many changes at a stamp: one in every page of memory. */
const STAMP_STRIDE = 1024

export interface NamedArray {
  readonly name: string
  readonly data: Floats
}

/** Range of bytes of the large array. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

export class BenchData {
  readonly plan: Plan
  /** What the large array should hold. Contenders read it and never write or detach it. */
  readonly large: Floats
  readonly small: readonly NamedArray[]
  #stamp = 0
  #random = 1

  constructor(plan: Plan) {
    this.plan = plan
    this.large = noise(plan.largeBytes / 4, 1)
    this.small = Array.from({ length: plan.smallCount }, (_, index) => ({
      name: `small-${index}`,
      data: noise(plan.smallBytes / 4, index + 2),
    }))
  }

  /** Changes `large` and every small array, so that what was stored before would be found out. */
  change(): void {
    this.#stamp++
    stamp(this.large, this.#stamp)
    for (const { data } of this.small) stamp(data, this.#stamp)
  }

  ranges(count: number): ByteRange[] {
    const { largeBytes, sliceBytes } = this.plan
    return Array.from({ length: count }, () => {
      this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0
      const element = Math.floor((this.#random / 2 ** 32) * ((largeBytes - sliceBytes) / 4))
      return { offset: element * 4, length: sliceBytes }
    })
  }

  checkLarge(found: Float32Array): void {
    checkEqual(found, this.large, 'the large array')
  }

  checkSlices(found: readonly Float32Array[], ranges: readonly ByteRange[]): void {
    if (found.length !== ranges.length) throw new Error(`${found.length} slices instead of ${ranges.length}`)
    for (const [index, { offset, length }] of ranges.entries()) {
      checkEqual(found[index], this.large.subarray(offset / 4, (offset + length) / 4), `slice at byte ${offset}`)
    }
  }

  checkSmall(found: readonly Float32Array[]): void {
    if (found.length !== this.small.length) throw new Error(`${found.length} arrays instead of ${this.small.length}`)
    for (const [index, { name, data }] of this.small.entries()) checkEqual(found[index], data, name)
  }
}

/** Finite floats that do not compress. */
function noise(length: number, seed: number): Floats {
  const bits = new Uint32Array(length)
  let state = seed
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    bits[index] = state & 0x7f7fffff
  }
  return new Float32Array(bits.buffer)
}

function stamp(data: Floats, value: number): void {
  for (let index = 0; index < data.length; index += STAMP_STRIDE) data[index] = value + index
}

function checkEqual(found: Float32Array | undefined, expected: Float32Array, what: string): void {
  if (found?.length !== expected.length)
    throw new Error(`${what}: ${found?.length} elements instead of ${expected.length}`)
  for (let index = 0; index < expected.length; index++) {
    if (found[index] !== expected[index]) throw new Error(`${what}: element ${index} is not what was stored`)
  }
}
