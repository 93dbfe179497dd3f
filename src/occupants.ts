// The objects of this page on one array. They refer to the array, the array only weakly to them: what nobody else holds is collected.
import type { TypedArray } from './core/dtype.js'
import { DTypeError, ShapeError } from './core/errors.js'
import { sameShape, shapeText } from './core/shape.js'
import type { Occupant } from './live.js'
import type { ArrayMeta } from './protocol.js'

export class Occupants {
  /** Those that were collected are counted until the collection was reported: the service counts them too. */
  readonly #references = new Set<WeakRef<Occupant>>()
  readonly #onError: (error: unknown) => void

  /** `onError` is told what hooks throw: that changes nothing. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  get count(): number {
    return this.#references.size
  }

  get alive(): Occupant[] {
    return [...this.#references].map((reference) => reference.deref()).filter((occupant) => occupant !== undefined)
  }

  /** The one to ask for the buffer, where there is one that keeps it. */
  get keeper(): Occupant | undefined {
    return this.alive.find(({ keepsBuffer }) => keepsBuffer)
  }

  /**
   * The buffer as its keeper, preferably `by`, describes it now; undefined where no object keeps it. Errors: those of
   * `describeBuffer`; DTypeError, ShapeError where that is no longer the array.
   */
  bufferOf(meta: ArrayMeta, by?: Occupant): TypedArray | undefined {
    const keeper = by?.keepsBuffer ? by : this.keeper
    if (keeper === undefined) return undefined
    const { dtype, shape, data } = keeper.describeBuffer()
    if (dtype !== meta.dtype) throw new DTypeError(`array '${meta.path}' is of ${meta.dtype}, its buffer of ${dtype}`)
    if (sameShape(shape, meta.shape)) return data
    throw new ShapeError(`array '${meta.path}' is of shape ${shapeText(meta.shape)}, its buffer of ${shapeText(shape)}`)
  }

  add(occupant: Occupant): WeakRef<Occupant> {
    const reference = new WeakRef(occupant)
    this.#references.add(reference)
    return reference
  }

  remove(occupant: Occupant): void {
    for (const reference of this.#references) if (reference.deref() === occupant) this.#references.delete(reference)
  }

  collected(reference: WeakRef<Occupant>): void {
    this.#references.delete(reference)
  }

  setBuffer(data: TypedArray, except?: Occupant): void {
    for (const occupant of this.alive) if (occupant !== except) this.#guard(() => occupant.setBuffer(data))
  }

  dropBuffer(): void {
    for (const occupant of this.alive) this.#guard(() => occupant.dropBuffer())
  }

  async run(hook: 'onLoad' | 'onOffload'): Promise<void> {
    for (const occupant of this.alive) {
      try {
        await occupant[hook]()
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  #guard(hook: () => void): void {
    try {
      hook()
    } catch (error) {
      this.#onError(error)
    }
  }
}
