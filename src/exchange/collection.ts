// Memory that is given away, and free only when the garbage collector comes.

/** What is littered at a time: small enough for the heap's youngest part. */
const PART_BYTES = 2 ** 19
/** Bytes that are given away for each element of litter: of a MiB of those V8 makes a small collection. */
const BYTES_PER_ELEMENT = 64

/**
 * To be called with the bytes of a buffer that will soon be referred to from nowhere. V8 counts hardly more than its own heap, and
 * of buffers tens of MiB pile up, which its smallest collection would free: it is brought about by litter on the heap.
 */
export function hastenCollection(byteLength: number): void {
  for (let rest = byteLength; rest > 0; rest -= PART_BYTES) {
    void new Array<number>(Math.ceil(Math.min(rest, PART_BYTES) / BYTES_PER_ELEMENT)).fill(0)
  }
}
