// Memory that nobody needs any more, given back at once: the garbage collector comes for large buffers late.

/** The caller alone has `buffer`, which is detached. Returns whether it is free: else it is the collector's. */
export function free(buffer: ArrayBufferLike): boolean {
  // Node 20 and browsers before 2024 have no such method.
  if (!(buffer instanceof ArrayBuffer) || !('transfer' in buffer)) return false
  if (buffer.byteLength > 0) buffer.transfer(0) // what is detached cannot be transferred
  return true
}
