// Changed arrays written back: every one, and one whose buffer is given up.
import type { WorkOptions } from './call.js'
import { QuotaExceededError, StaleArrayError } from './core/errors.js'
import { wrap } from './core/typed-array.js'
import type { Occupant } from './live.js'
import type { Residency } from './residency.js'
import { takeBuffer, writeBuffer } from './transfer.js'
import { reporter, signalOnly } from './work-options.js'

/**
 * `onProgress` counts the bytes of all. Errors: StaleArrayError or QuotaExceededError of the first array that is refused, once all
 * others are written; at once what the others would meet too, and the signal's reason.
 */
export async function writeBackAll(residencies: ReadonlyMap<number, Residency>, options: WorkOptions): Promise<void> {
  const changed = [...residencies.values()].filter((residency) => residency.hasChanges)
  const totalBytes = changed.reduce((sum, { meta }) => sum + meta.nbytes, 0)
  const report = reporter(options, totalBytes)
  report(0)
  let before = 0
  const errors: unknown[] = []
  for (const residency of residencies.values()) {
    const onProgress: WorkOptions['onProgress'] = ({ doneBytes }) => report(Math.min(before + doneBytes, totalBytes))
    const each = { ...signalOnly(options), onProgress }
    try {
      await residency.lock.alone(() => writeBackUnlessGone(residency, each), options.signal)
    } catch (error) {
      if (!(error instanceof StaleArrayError || error instanceof QuotaExceededError)) throw error
      errors.push(error)
    }
    if (changed.includes(residency)) before += residency.meta.nbytes
  }
  if (errors.length > 0) throw errors[0]
}

/** As `writeBack`, in a turn, for whoever did not ask for this array: where it was removed in the meantime there is nothing to write. */
export async function writeBackUnlessGone(residency: Residency, options: WorkOptions): Promise<void> {
  try {
    await residency.writeBack(options)
  } catch (error) {
    if (!(error instanceof StaleArrayError)) throw error
    residency.doubt()
    await residency.renew().catch(() => undefined)
    if (!residency.isGone) throw error
  }
}

/** Makes the buffer the library's, which whoever holds it has given up. */
export function takeOver(residency: Residency, by: Occupant | undefined): void {
  const { live, meta, occupants } = residency
  if (live?.shared !== true) return
  const buffer = takeBuffer(occupants.bufferOf(meta, by) ?? live.data)
  if (buffer === undefined) return
  residency.live = { ...live, data: wrap(buffer, meta.dtype), shared: false }
  occupants.setBuffer(residency.live.data)
}

/**
 * Writes changes from the buffer itself, where that is ours; the worker has it meanwhile, and takes it along where that ends:
 * what is on disk is all there is of the array then. In a turn. Errors: those of writing.
 */
export async function writeOut(residency: Residency, options: WorkOptions): Promise<void> {
  const { live, session, target } = residency
  if (live === undefined || live.shared || !residency.hasChanges) return
  const { buffer, byteLength } = live.data
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) return
  let back = buffer
  const keepBack = (given: ArrayBuffer) => {
    back = given
  }
  try {
    const { meta } = await writeBuffer(session, target, buffer, options, keepBack)
    residency.written(meta)
    live.dirty = live.out = false
  } finally {
    if (back.byteLength < byteLength) residency.drop()
    else {
      residency.live = { ...live, data: wrap(back, live.dtype) }
      residency.occupants.setBuffer(residency.live.data)
    }
  }
}
