// Work on a loaded buffer that takes longer than a turn.

export class Uses {
  /** Let go of memory as soon as nobody uses it. */
  dropsAfter = false
  /** Of all uses those that end when user code says so. */
  pins = 0
  #count = 0
  #since = 0

  get count(): number {
    return this.#count
  }

  /** Since when there was always one: milliseconds of `performance.now()`. */
  get since(): number {
    return this.#since
  }

  begin(): void {
    if (this.#count++ === 0) this.#since = performance.now()
  }

  end(): void {
    this.#count--
  }
}
