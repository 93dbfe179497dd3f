// The states of containers, kept beside the catalog by the array's incarnation: saved before what refers to them, gone after it.
import type { ArrayMeta, Problem } from '../protocol.js'
import type { Engine } from './engine.js'
import { metaOf } from './entry.js'
import type { StateStore } from './storage.js'

export class ContainerStates {
  readonly #engine: Engine
  readonly #store: StateStore
  readonly #onError: (error: unknown) => void
  /** Being saved: how often at once. */
  readonly #saving = new Map<number, number>()
  /** Of arrays that are gone, but not yet durably. */
  readonly #leaving = new Set<number>()
  /** What is saved after it has begun must not be deleted by it. */
  #deleting: Promise<void> = Promise.resolve()
  /** A life of the disk that ended early may have left some. */
  #mayHaveOrphans = true

  /** `onError`: what nobody refers to could not be deleted; it is tried again when the disk is idle. */
  constructor(engine: Engine, store: StateStore, onError: (error: unknown) => void) {
    this.#engine = engine
    this.#store = store
    this.#onError = onError
  }

  /** Crash order: a state nobody refers to is an orphan; a reference to a state that is not there would be a loss. Errors: StaleArrayError. */
  async save(incarnation: number, state: unknown): Promise<ArrayMeta> {
    this.#engine.entry(incarnation)
    this.#saving.set(incarnation, (this.#saving.get(incarnation) ?? 0) + 1)
    try {
      await this.#deleting
      await this.#store.set(String(incarnation), state)
      const entry = this.#engine.entry(incarnation)
      return metaOf(entry.hasState ? entry : this.#engine.describe(entry, { hasState: true }))
    } catch (error) {
      this.#mayHaveOrphans = true
      throw error
    } finally {
      const others = (this.#saving.get(incarnation) ?? 1) - 1
      if (others > 0) this.#saving.set(incarnation, others)
      else this.#saving.delete(incarnation)
    }
  }

  async load(incarnation: number): Promise<unknown> {
    return this.#engine.entry(incarnation).hasState ? this.#store.get(String(incarnation)) : undefined
  }

  /** Arrays that are gone. */
  forget(incarnations: readonly number[]): void {
    for (const incarnation of incarnations) this.#leaving.add(incarnation)
  }

  /** Crash order: once they are durably gone; an array that a power cut brings back has its state still. */
  dropForgotten(): void {
    const keys = [...this.#leaving].map(String)
    this.#leaving.clear()
    if (keys.length > 0) this.#delete(keys).catch(this.#onError)
  }

  /** Deletes what no array refers to, where there may be any. Never rejects. */
  async sweep(): Promise<void> {
    if (!this.#mayHaveOrphans) return
    this.#mayHaveOrphans = false
    try {
      await this.#deleteOrphans(await this.#store.keys())
    } catch (error) {
      this.#mayHaveOrphans = true
      this.#onError(error)
    }
  }

  /** Where `fix`, orphans are deleted and missing states named for the last time. */
  async check(fix: boolean): Promise<Problem[]> {
    const keys = await this.#store.keys()
    const orphans = fix ? await this.#deleteOrphans(keys) : this.#orphansOf(keys)
    const found = new Set(keys)
    const isBereft = ({ hasState, incarnation }: { hasState: boolean; incarnation: number }) =>
      hasState && !found.has(String(incarnation)) && !this.#saving.has(incarnation)
    const bereft = [...this.#engine.arrays.values()].filter(isBereft)
    if (fix) for (const entry of bereft) this.#engine.describe(entry, { hasState: false })
    return [
      ...orphans.map(
        (file): Problem => ({ kind: 'orphan-state', file, detail: 'no array refers to this state', fixed: fix }),
      ),
      ...bereft.map(({ path, incarnation }): Problem => {
        const detail = 'the state that is to come with this array is gone'
        return { kind: 'truncated', path, file: String(incarnation), detail, fixed: false }
      }),
    ]
  }

  /** Resolves when nothing is being deleted any more. */
  async settled(): Promise<void> {
    await this.#deleting
  }

  async #deleteOrphans(keys: readonly string[]): Promise<string[]> {
    const orphans = this.#orphansOf(keys)
    if (orphans.length > 0) await this.#delete(orphans)
    return orphans
  }

  #orphansOf(keys: readonly string[]): string[] {
    const isNeeded = (incarnation: number) =>
      this.#engine.arrays.get(incarnation)?.hasState === true ||
      this.#saving.has(incarnation) ||
      this.#leaving.has(incarnation)
    return keys.filter((key) => !isNeeded(Number(key)))
  }

  #delete(keys: readonly string[]): Promise<void> {
    const deleted = this.#deleting.then(() => this.#store.delete(keys))
    this.#deleting = deleted.catch(() => {
      this.#mayHaveOrphans = true
    })
    return deleted
  }
}
