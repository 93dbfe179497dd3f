// Which bytes of the data files are in use: slots of 1 MiB, each either one whole block or shared by short ones.
import { BLOCK_BYTES } from '../protocol.js'
import { aligned, FILE_BYTES, SLOTS_PER_FILE } from './layout.js'

/** A slot of short blocks that is being filled from its start. */
interface OpenSlot {
  readonly slot: number
  end: number
}

/**
 * Slots are numbered through all data files; positions are slot * BLOCK_BYTES + offset.
 *
 * Invariant: `#used[slot]` is the sum of the aligned lengths of the blocks placed in it and not released. What is released
 * here may be overwritten at once, so callers release only what no durable frame and no reader needs.
 */
export class Space {
  #used = new Uint32Array(0)
  #usedBytes = 0
  /** No slot before this one is free. */
  #firstFree = 0
  #open: OpenSlot | undefined

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Notes a block that the catalog names. */
  occupy(position: number, byteLength: number): void {
    const slot = Math.floor(position / BLOCK_BYTES)
    this.#reach(slot)
    this.#add(slot, aligned(byteLength))
  }

  /** Notes blocks that the catalog names: what they take of each of the slots from `first` on. */
  occupySlots(first: number, used: Uint32Array): void {
    this.#reach(first + used.length - 1)
    for (const [i, bytes] of used.entries()) this.#add(first + i, bytes)
  }

  /** Finds room for one block; neighbouring calls get neighbouring room where there is some. */
  allocate(byteLength: number): number {
    if (byteLength === BLOCK_BYTES) return this.#takeSlot() * BLOCK_BYTES
    const needed = aligned(byteLength)
    if (this.#open === undefined || this.#open.end + needed > BLOCK_BYTES) {
      this.#open = undefined
      const slot = this.#freeSlot()
      this.#open = { slot, end: 0 }
    }
    const { slot, end } = this.#open
    this.#open.end += needed
    this.#add(slot, needed)
    return slot * BLOCK_BYTES + end
  }

  release(position: number, byteLength: number): void {
    const slot = Math.floor(position / BLOCK_BYTES)
    this.#add(slot, -aligned(byteLength))
    if (this.#used[slot] !== 0) return
    // Filled from its start again only where no slot before it is free: it may lie behind what the browser allows.
    if (this.#open?.slot === slot) this.#open = undefined
    this.#firstFree = Math.min(this.#firstFree, slot)
  }

  /** Bytes file `index` must have to hold all that is placed in it. */
  fileEnd(index: number): number {
    const first = index * SLOTS_PER_FILE
    for (let slot = Math.min(first + SLOTS_PER_FILE, this.#used.length) - 1; slot >= first; slot--) {
      if (this.#used[slot] !== 0) return (slot + 1 - first) * BLOCK_BYTES
    }
    return 0
  }

  /** Slots that are in use but filled to less than `fraction`, the one being filled excepted. */
  sparseSlots(fraction: number): number[] {
    const sparse: number[] = []
    for (let slot = 0; slot < this.#used.length; slot++) {
      const used = this.#used[slot] as number
      if (used > 0 && used < fraction * BLOCK_BYTES && slot !== this.#open?.slot) sparse.push(slot)
    }
    return sparse
  }

  /** Where the data would end if no slot before were free. Begins a new slot for short blocks, so that every slot can be emptied. */
  denseEnd(): number {
    if (this.#open !== undefined) this.#firstFree = Math.min(this.#firstFree, this.#open.slot)
    this.#open = undefined
    let slots = 0
    for (const used of this.#used) if (used > 0) slots++
    return slots * BLOCK_BYTES
  }

  #takeSlot(): number {
    const slot = this.#freeSlot()
    this.#add(slot, BLOCK_BYTES)
    return slot
  }

  #freeSlot(): number {
    let slot = this.#firstFree
    while (slot < this.#used.length && (this.#used[slot] !== 0 || slot === this.#open?.slot)) slot++
    this.#reach(slot)
    this.#firstFree = slot + 1
    return slot
  }

  #add(slot: number, bytes: number): void {
    this.#used[slot] = (this.#used[slot] as number) + bytes
    this.#usedBytes += bytes
  }

  #reach(slot: number): void {
    if (slot < this.#used.length) return
    const larger = new Uint32Array(Math.max(slot + 1, 2 * this.#used.length, 64))
    larger.set(this.#used)
    this.#used = larger
  }
}

export function fileOf(position: number): number {
  return Math.floor(position / FILE_BYTES)
}
