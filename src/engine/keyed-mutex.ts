// Work on one key runs one after the other, in the order it was asked for.

export class KeyedMutex<K> {
  readonly #tails = new Map<K, Promise<unknown>>()

  /** Nothing runs before this returns: what `work` calls back may ask for the same key. */
  run<T>(key: K, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const result = before.then(work)
    const tail = result
      .catch(() => undefined)
      .finally(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key)
      })
    this.#tails.set(key, tail)
    return result
  }
}
