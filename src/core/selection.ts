// Selections: which elements of an array are meant, axis by axis. NumPy's basic indexing without newaxis and ellipsis.
import { InvalidSelectionError } from './errors.js'
import { shapeText } from './shape.js'
import type { Slice } from './slice.js'

/** Per axis an index (negative: from the end; the axis goes), a slice, or null for all. Missing entries: whole axes. */
export type Selection = readonly (number | null | Slice)[]

/** One axis of an array: `count` elements from `start`, `step` apart. `keep` false: an index, the axis goes. */
export interface ResolvedAxis {
  readonly start: number
  readonly step: number
  readonly count: number
  readonly keep: boolean
}

/** One entry for every axis of the array. */
export type ResolvedSelection = readonly ResolvedAxis[]

/**
 * Works out a selection against a shape. Indices out of range are errors, slice bounds are clipped.
 * Errors: InvalidSelectionError naming axis and size.
 */
export function resolveSelection(selection: Selection | undefined, shape: readonly number[]): ResolvedSelection {
  const entries: readonly unknown[] = selection === undefined ? [] : checkEntries(selection)
  if (entries.length > shape.length) {
    throw new InvalidSelectionError(
      `too many indices for array: array is ${shape.length}-dimensional, but ${entries.length} were indexed ` +
        `(shape ${shapeText(shape)}; null takes a whole axis, there is no newaxis)`,
    )
  }
  return shape.map((size, axis) => resolveAxis(axis < entries.length ? entries[axis] : null, axis, size))
}

/**
 * Returns `selection`, which came from elsewhere, if it is a resolved selection of an array of that shape.
 * Errors: InvalidSelectionError.
 */
export function checkResolved(selection: unknown, shape: readonly number[]): ResolvedSelection {
  if (!Array.isArray(selection) || selection.length !== shape.length) {
    throw new InvalidSelectionError(`a resolved selection of shape ${shapeText(shape)} has ${shape.length} axes`)
  }
  shape.forEach((size, axis) => {
    if (!isResolvedAxis(selection[axis], size)) {
      throw new InvalidSelectionError(`resolved selection leaves axis ${axis} with size ${size}`)
    }
  })
  return selection
}

/** The shape of what a selection gives: the counts of the axes that stay. */
export function selectedShape(resolved: ResolvedSelection): number[] {
  return resolved.filter((axis) => axis.keep).map((axis) => axis.count)
}

function checkEntries(selection: unknown): readonly unknown[] {
  if (Array.isArray(selection)) return selection
  throw new InvalidSelectionError(
    `a selection is an array with one entry per axis, got ${inWords(selection)}; ${ONLY_BASIC}`,
  )
}

function resolveAxis(entry: unknown, axis: number, size: number): ResolvedAxis {
  if (entry === null) return { start: 0, step: 1, count: size, keep: true }
  if (typeof entry === 'number') return { start: resolveIndex(entry, axis, size), step: 1, count: 1, keep: false }
  if (isSlice(entry)) return resolveSlice(entry, axis, size)
  throw new InvalidSelectionError(
    `an axis is selected by an integer, a slice or null, got ${inWords(entry)} for axis ${axis} with size ${size}; ${ONLY_BASIC}`,
  )
}

/** Returns the index counted from the start. Errors: InvalidSelectionError. */
export function resolveIndex(index: unknown, axis: number, size: number): number {
  if (!Number.isInteger(index)) {
    throw new InvalidSelectionError(`an index is an integer, got ${inWords(index)} for axis ${axis} with size ${size}`)
  }
  const given = index as number
  const fromStart = given < 0 ? given + size : given
  if (fromStart < 0 || fromStart >= size) {
    throw new InvalidSelectionError(`index ${given} is out of bounds for axis ${axis} with size ${size}`)
  }
  return fromStart + 0 // -0 becomes 0
}

/** CPython's slice.indices: bounds clipped to the axis. */
function resolveSlice(entry: Partial<Slice>, axis: number, size: number): ResolvedAxis {
  const step = bound(entry.step, 'step', axis, size) ?? 1
  if (step === 0) throw new InvalidSelectionError(`slice step cannot be zero (axis ${axis} with size ${size})`)
  const lowest = step > 0 ? 0 : -1
  const highest = step > 0 ? size : size - 1
  const clip = (value: number) => Math.min(Math.max(value < 0 ? value + size : value, lowest), highest)
  const givenStart = bound(entry.start, 'start', axis, size)
  const givenStop = bound(entry.stop, 'stop', axis, size)
  const start = givenStart === undefined ? (step > 0 ? lowest : highest) : clip(givenStart)
  const stop = givenStop === undefined ? (step > 0 ? highest : lowest) : clip(givenStop)
  const count = Math.max(0, Math.ceil((stop - start) / step))
  if (count === 0) return { start: 0, step: 1, count: 0, keep: true }
  return { start: start + 0, step: count === 1 ? 1 : step, count, keep: true }
}

function bound(value: unknown, name: string, axis: number, size: number): number | undefined {
  if (value === null || value === undefined) return undefined
  if (Number.isInteger(value)) return value as number
  throw new InvalidSelectionError(
    `slice indices must be integers or null, got ${inWords(value)} as ${name} for axis ${axis} with size ${size}`,
  )
}

function isSlice(entry: unknown): entry is Partial<Slice> {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry) || ArrayBuffer.isView(entry)) return false
  return 'start' in entry || 'stop' in entry || 'step' in entry
}

function isResolvedAxis(value: unknown, size: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { start, step, count, keep } = value as Partial<Record<keyof ResolvedAxis, unknown>>
  if (![start, step, count].every(Number.isSafeInteger) || typeof keep !== 'boolean') return false
  const [first, apart, number] = [start as number, step as number, count as number]
  if (number < 0 || apart === 0 || (!keep && number !== 1)) return false
  if (number === 0) return true
  const last = first + (number - 1) * apart
  return first >= 0 && first < size && last >= 0 && last < size
}

const ONLY_BASIC = 'masks, index arrays, booleans, strings, ellipsis and newaxis are not supported'

function inWords(value: unknown): string {
  if (typeof value === 'string') return `the string ${JSON.stringify(value)}`
  if (typeof value === 'boolean') return `the boolean ${value}`
  if (typeof value === 'bigint') return `the bigint ${value}n`
  if (typeof value === 'number' || value === undefined || value === null) return String(value)
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return 'an array'
  if (typeof value === 'object' && 'dtype' in value) return `an array of ${String(value.dtype)}`
  return `a value of type ${typeof value}`
}
