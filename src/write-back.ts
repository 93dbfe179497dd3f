// Every changed array written back, one after the other.
import type { WorkOptions } from './call.js'
import type { Residency } from './residency.js'
import { reporter, signalOnly } from './work-options.js'

/** `onProgress` counts the bytes of all. Errors: the first that fails. */
export async function writeBackAll(residencies: ReadonlyMap<number, Residency>, options: WorkOptions): Promise<void> {
  const changed = [...residencies.values()].filter((residency) => residency.hasChanges)
  const totalBytes = changed.reduce((sum, { meta }) => sum + meta.nbytes, 0)
  const report = reporter(options, totalBytes)
  report(0)
  let before = 0
  for (const residency of residencies.values()) {
    const onProgress: WorkOptions['onProgress'] = ({ doneBytes }) => report(Math.min(before + doneBytes, totalBytes))
    const each = { ...signalOnly(options), onProgress }
    await residency.lock.alone(() => residency.writeBack(each), options.signal)
    if (changed.includes(residency)) before += residency.meta.nbytes
  }
}
