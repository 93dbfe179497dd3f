// Keeps an array on the first visit; on the next finds it again, and computes with it.
import { openDisk } from 'lazy-disk-cache'
import { add } from 'lazy-disk-cache/numpy'

globalThis.visit = async (options = {}) => {
  const disk = await openDisk({ name: 'app', ...options })
  try {
    if (await disk.has('kept')) {
      const kept = await disk.openArray('kept')
      const sum = await add(kept, 0.5)
      return {
        backend: disk.backend,
        kept: (await kept.get()).toNested(),
        sum: sum.toNested(),
        mean: await kept.mean(),
      }
    }
    await disk.array(new Float32Array([1, 2, 3]), { cachePath: 'kept' })
    return 'kept it'
  } finally {
    await disk.close()
  }
}
