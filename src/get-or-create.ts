// Computing what is not on disk yet: once for all who ask at the same time.
import { unlessAborted } from './abort.js'
import type { DiskBackedNDArray } from './array.js'
import type { DType } from './core/dtype.js'
import { KeyExistsError, NotFoundError } from './core/errors.js'
import type { ArrayData, CreateOptions } from './creation.js'
import type { Disk } from './disk.js'
import { sessionOf } from './handles.js'
import { signalOnly } from './work-options.js'

type Make = () => Promise<ArrayData>

/**
 * The array at `path`, else what `make` gives. Who comes while it is computed shares the outcome, an error too, but for an abort
 * of the one who began. Errors: those of `make`, of creating and of opening.
 */
export async function getOrCreate<D extends DType>(
  disk: Disk,
  path: string,
  make: Make,
  options: CreateOptions<D>,
): Promise<DiskBackedNDArray<D>> {
  const { computations } = sessionOf(disk)
  for (let other = computations.get(path); other !== undefined; other = computations.get(path)) {
    const failure = await unlessAborted(options.signal, other.result).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    options.signal?.throwIfAborted()
    if (failure !== undefined && other.signal?.aborted !== true) throw failure.error
    const array = failure === undefined ? await openIfThere(disk, path, options) : undefined
    if (array !== undefined) return array
  }
  const result = openOrMake(disk, path, make, options)
  computations.set(path, { result, signal: options.signal })
  try {
    return await result
  } finally {
    computations.delete(path)
  }
}

async function openOrMake<D extends DType>(
  disk: Disk,
  path: string,
  make: Make,
  options: CreateOptions<D>,
): Promise<DiskBackedNDArray<D>> {
  const present = await openIfThere(disk, path, options)
  if (present !== undefined) return present
  const data = await make()
  try {
    return await disk.array(data, { ...options, cachePath: path, overwrite: false })
  } catch (error) {
    // Another worker of the page computed it meanwhile, and has objects on it.
    const array = error instanceof KeyExistsError ? await openIfThere(disk, path, options) : undefined
    if (array === undefined) throw error
    return array
  }
}

async function openIfThere<D extends DType>(
  disk: Disk,
  path: string,
  { dtype, ...options }: CreateOptions<D>,
): Promise<DiskBackedNDArray<D> | undefined> {
  const { signal } = signalOnly(options)
  try {
    return await disk.openArray<D>(path, { ...(dtype && { dtype }), ...(signal && { signal }) })
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
