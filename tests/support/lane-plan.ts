// Random work in lanes, of which every step follows from a seed and what the steps before it left, so that what is found after an
// interruption tells how far it came.
import { Random } from './random.js'

export const LANES = 3

/**
 * What a lane has on disk. Arrays of bytes by name, as runs of equal bytes: how many, which byte, in turn. Under TRACK the one number
 * of a container and its label; an empty label before its state has been kept.
 */
export type Model = { readonly [name: string]: readonly number[] }

export const TRACK = 'track'

export type Step =
  | { readonly kind: 'append'; readonly name: string; readonly length: number; readonly value: number }
  | { readonly kind: 'put'; readonly name: string; readonly length: number; readonly value: number }
  | { readonly kind: 'set'; readonly name: string; readonly value: number }
  | { readonly kind: 'add' | 'delete' | 'purge'; readonly name: string }
  | { readonly kind: 'look'; readonly name: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'track' | 'label'; readonly value: number }
  | { readonly kind: 'compact' | 'flush' | 'borrow' }

const NAMES = ['a', 'b', 'c', 'd']
const LENGTHS = [100, 70_000, 1 << 20, 1_500_000, 6 << 20, 20 << 20]
const MAX_RUNS = 24

/** Step `number` of a lane that has `before`. */
export function stepAt(seed: number, lane: number, number: number, before: Model): Step {
  const random = new Random(seed ^ (lane * 0x1000_0001 + number * 7919))
  const there = NAMES.filter((name) => name in before)
  const value = random.below(250) + 1
  const dice = random.below(20)
  if (dice === 0) return { kind: random.pick(['compact', 'flush', 'borrow']) }
  if (dice < 3) return { kind: TRACK in before && random.chance(0.5) ? 'label' : 'track', value }
  if (dice < 7 || there.length === 0) {
    return { kind: 'put', name: random.pick(NAMES), length: random.pick(LENGTHS), value }
  }
  const name = random.pick(there)
  if (dice < 9 && runsIn(before, name).length < MAX_RUNS) {
    return { kind: 'append', name, length: random.below(100_000) + 1, value }
  }
  if (dice < 12) return { kind: 'set', name, value }
  if (dice < 15) return { kind: 'add', name }
  if (dice === 15) return { kind: random.pick(['delete', 'purge']), name }
  const free = NAMES.find((one) => !there.includes(one))
  return dice < 18 && free !== undefined ? { kind: 'rename', name, to: free } : { kind: 'look', name }
}

export function runsIn(model: Model, name: string): readonly number[] {
  return model[name] ?? []
}

/** Where a step gets, one thing after the other: the last is the whole of it, the others may be seen where it was interrupted. */
export function stagesOf(before: Model, step: Step): readonly Model[] {
  switch (step.kind) {
    case 'put':
      return [{ ...before, [step.name]: [step.length, step.value] }]
    case 'track':
      return [{ ...before, [TRACK]: [step.value, step.value] }]
    case 'label':
      return [{ ...before, [TRACK]: [before[TRACK]?.[0] ?? 0, step.value] }]
    case 'compact':
    case 'flush':
    case 'borrow':
    case 'look':
      return [before]
    default:
      return [changed(before, step)]
  }
}

type Change = Exclude<Step, { readonly kind: 'put' | 'track' | 'label' | 'compact' | 'flush' | 'borrow' | 'look' }>

function changed(before: Model, step: Change): Model {
  const { [step.name]: runs = [], ...others } = before
  switch (step.kind) {
    case 'append':
      return { ...others, [step.name]: joined([...runs, step.length, step.value]) }
    case 'set': {
      const length = lengthOf(runs)
      const [start, stop] = middleOf(length)
      return {
        ...others,
        [step.name]: joined([...cut(runs, 0, start), stop - start, step.value, ...cut(runs, stop, length)]),
      }
    }
    case 'add':
      return { ...others, [step.name]: joined(runs.map((one, i) => (i % 2 === 0 ? one : (one + 1) % 256))) }
    case 'delete':
    case 'purge':
      return others
    case 'rename':
      return { ...others, [step.to]: runs }
  }
}

/** The middle third, which lies across blocks in the longer arrays. */
export function middleOf(length: number): readonly [number, number] {
  return [Math.floor(length / 3), Math.floor((2 * length) / 3)]
}

export function isSameModel(a: Model, b: Model): boolean {
  const text = (model: Model) => JSON.stringify(Object.entries(model).sort(([x], [y]) => (x < y ? -1 : 1)))
  return text(a) === text(b)
}

export function lengthOf(runs: readonly number[]): number {
  return runs.reduce((sum, one, i) => sum + (i % 2 === 0 ? one : 0), 0)
}

export function runsOf(bytes: Uint8Array): number[] {
  const runs: number[] = []
  for (let at = 0; at < bytes.length; ) {
    const value = bytes[at] as number
    const start = at
    while (bytes[at] === value) at++
    runs.push(at - start, value)
  }
  return runs
}

function cut(runs: readonly number[], start: number, stop: number): number[] {
  const piece: number[] = []
  let at = 0
  for (let i = 0; i < runs.length; i += 2) {
    const [count, value] = runs.slice(i, i + 2) as [number, number]
    const length = Math.min(stop, at + count) - Math.max(start, at)
    if (length > 0) piece.push(length, value)
    at += count
  }
  return piece
}

/** Neighbouring runs of one byte are one, and none is empty. */
function joined(runs: readonly number[]): number[] {
  const result: number[] = []
  for (let i = 0; i < runs.length; i += 2) {
    const [count, value] = runs.slice(i, i + 2) as [number, number]
    if (count === 0) continue
    if (result.at(-1) === value) result[result.length - 2] = (result.at(-2) as number) + count
    else result.push(count, value)
  }
  return result
}
