// Memory that all workers of a page can have at once.
import { blockSelections, DEFAULT_BLOCK_BYTES } from './block-selections.js'
import type { WorkOptions } from './call.js'
import { DTYPES, type DType, type TypedArray } from './core/dtype.js'
import { StorageUnavailableError } from './core/errors.js'
import { resolveSelection } from './core/selection.js'
import { byteLengthOf } from './core/shape.js'
import { wrap } from './core/typed-array.js'
import type { ArrayMeta } from './protocol.js'
import type { Residency } from './residency.js'
import type { Session } from './session.js'
import { reporter, signalOnly } from './work-options.js'

/** Errors: StorageUnavailableError where the page is not cross-origin isolated. */
export function checkShareable(): void {
  // Node shares without being isolated, and says nothing of it.
  if (typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated !== false) return
  throw new StorageUnavailableError(
    'memory is shared only where the page is cross-origin isolated: it needs the headers ' +
      "'Cross-Origin-Opener-Policy: same-origin' and 'Cross-Origin-Embedder-Policy: require-corp'",
    { missing: 'crossOriginIsolated' },
  )
}

export function isShared({ buffer }: TypedArray): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer
}

/** Lets go of memory that is not shared; in a turn. Errors: TypeError where someone would lose by that. */
export function dropUnshared(array: Residency): void {
  const { live, uses } = array
  if (live === undefined || isShared(live.data)) return
  if (array.hasChanges || live.mode === 'c' || uses.count > 0 || uses.pins > 0) {
    throw new TypeError(`array '${array.path}' is loaded, and changed or in use: offload it before it is loaded shared`)
  }
  array.drop()
}

/** Zeros. Errors: RangeError where the runtime has no room. */
export function allocateShared(dtype: DType, shape: readonly number[]): TypedArray {
  return wrap(new SharedArrayBuffer(byteLengthOf(shape, dtype)), dtype)
}

/** All elements of one version, read in blocks: what comes from the worker cannot be shared itself. Errors: those of reading. */
export async function readShared(
  session: Session,
  { incarnation, dtype, shape, nbytes, version: known }: ArrayMeta,
  options: WorkOptions,
): Promise<{ data: TypedArray; version: number }> {
  const data = allocateShared(dtype, shape)
  if (nbytes === 0) return { data, version: known }
  const bytes = new Uint8Array(data.buffer)
  const report = reporter(options, nbytes)
  report(0)
  for (;;) {
    let filled = 0
    let version: number | undefined
    for (const block of blockSelections(shape, DTYPES[dtype].itemsize, DEFAULT_BLOCK_BYTES)) {
      const selection = resolveSelection(block, shape)
      const part = await session.call('read', { incarnation, selection }, signalOnly(options))
      version ??= part.version
      if (part.version !== version) break // written meanwhile: from the start
      bytes.set(new Uint8Array(part.buffer), filled)
      filled += part.buffer.byteLength
      report(filled)
    }
    if (filled === nbytes && version !== undefined) return { data, version }
  }
}
