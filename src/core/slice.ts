// Ranges of one axis.

/** A range of one axis, as Python's slice object (and zarrita's): null is open. */
export interface Slice {
  /** The first index; negative counts from the end; null: from the beginning, or the end where `step` is negative. */
  readonly start: number | null
  /** The first index that is left out; null: up to the end. */
  readonly stop: number | null
  /** How far from one index to the next, not 0; negative goes backwards; null: 1. */
  readonly step: number | null
}

/**
 * A range of one axis, from `start` up to but not including `stop`. null or undefined is open, negative bounds count from
 * the end, bounds past either end are clipped (NumPy's basic slicing). One argument is the start, as in
 * Array.prototype.slice; Python's `slice(a)` is the stop.
 */
export function slice(start?: number | null, stop?: number | null, step?: number | null): Slice {
  return Object.freeze({ start: start ?? null, stop: stop ?? null, step: step ?? null })
}
