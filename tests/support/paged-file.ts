// A file in memory made of small pages that copies share until one of them is written: a copy costs what is changed in it.
const PAGE_BYTES = 4096

export class PagedFile {
  readonly #pages: Map<number, Uint8Array>
  /** Pages that no other copy has. */
  readonly #own = new Set<number>()
  #size: number

  constructor(pages: Map<number, Uint8Array> = new Map(), size = 0) {
    this.#pages = pages
    this.#size = size
  }

  copy(): PagedFile {
    this.#own.clear()
    return new PagedFile(new Map(this.#pages), this.#size)
  }

  read(target: Uint8Array, at: number): number {
    const byteLength = Math.max(0, Math.min(target.byteLength, this.#size - at))
    if (byteLength === 0) return 0
    target.fill(0, 0, byteLength)
    if (this.#pages.size * PAGE_BYTES < byteLength) {
      for (const number of this.#pages.keys()) this.#readPage(number, target, at, byteLength)
    } else {
      const last = Math.floor((at + byteLength - 1) / PAGE_BYTES)
      for (let number = Math.floor(at / PAGE_BYTES); number <= last; number++) {
        this.#readPage(number, target, at, byteLength)
      }
    }
    return byteLength
  }

  write(source: Uint8Array, at: number): number {
    this.#size = Math.max(this.#size, at + source.byteLength)
    for (let done = 0; done < source.byteLength; ) {
      const from = (at + done) % PAGE_BYTES
      const part = source.subarray(done, done + PAGE_BYTES - from)
      this.#ownPage(Math.floor((at + done) / PAGE_BYTES)).set(part, from)
      done += part.byteLength
    }
    return source.byteLength
  }

  truncate(size: number): void {
    if (size < this.#size) {
      for (const number of [...this.#pages.keys()]) if (number * PAGE_BYTES >= size) this.#pages.delete(number)
      const last = Math.floor(size / PAGE_BYTES)
      if (this.#pages.has(last)) this.#ownPage(last).fill(0, size % PAGE_BYTES)
    }
    this.#size = size
  }

  getSize(): number {
    return this.#size
  }

  #readPage(number: number, target: Uint8Array, at: number, byteLength: number): void {
    const page = this.#pages.get(number)
    if (page === undefined) return
    const begin = Math.max(at, number * PAGE_BYTES)
    const end = Math.min(at + byteLength, (number + 1) * PAGE_BYTES)
    if (begin >= end) return
    target.set(page.subarray(begin - number * PAGE_BYTES, end - number * PAGE_BYTES), begin - at)
  }

  #ownPage(number: number): Uint8Array {
    const page = this.#pages.get(number)
    if (page !== undefined && this.#own.has(number)) return page
    const own = page?.slice() ?? new Uint8Array(PAGE_BYTES)
    this.#pages.set(number, own)
    this.#own.add(number)
    return own
  }
}
