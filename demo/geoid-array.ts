// Puts the geoid on the disk: a worker makes bands of rows, the disk writes them as they come.
import type { Disk, DiskBackedNDArray, WorkOptions } from '../src/index.js'
import { type Arcminutes, geoidShape } from './geoid.js'
import type { GeoidReply, GeoidRequest } from './geoid-worker.js'

const BAND_BYTES = 4 << 20

export function geoidPath(arcminutes: Arcminutes): string {
  return `geoid/${arcminutes}-arcmin`
}

export function geoidBytes(arcminutes: Arcminutes): number {
  const [rows, cols] = geoidShape(arcminutes)
  return rows * cols * Float32Array.BYTES_PER_ELEMENT
}

/** Resolves when the whole array is on the disk; an abort leaves nothing behind. */
export function makeGeoid(
  disk: Disk,
  arcminutes: Arcminutes,
  options: WorkOptions,
): Promise<DiskBackedNDArray<'float32'>> {
  return disk.array(geoidBands(arcminutes, options.signal), {
    ...options,
    cachePath: geoidPath(arcminutes),
    shape: geoidShape(arcminutes),
    dtype: 'float32',
    attributes: {
      title: `EGM96 geoid, ${arcminutes}′`,
      quantity: 'Geoid height above the WGS 84 ellipsoid',
      units: 'm',
      shaded: true,
      layer: 'Geoid height',
      geo: { west: -180, north: 90, degreesPerElement: arcminutes / 60 },
    },
  })
}

/** The geoid's bytes from north to south; the worker is one band ahead of the disk. */
async function* geoidBands(arcminutes: Arcminutes, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const worker = new Worker(new URL('./geoid-worker.ts', import.meta.url), { type: 'module' })
  const ask = (): Promise<GeoidReply> => askWorker(worker, { bytes: BAND_BYTES }, signal)
  try {
    worker.postMessage({ arcminutes } satisfies GeoidRequest)
    for (let next = ask(); ; ) {
      const buffer = await next
      if (!buffer) return
      next = ask()
      next.catch(() => undefined)
      yield new Uint8Array(buffer)
    }
  } finally {
    worker.terminate()
  }
}

function askWorker(worker: Worker, request: GeoidRequest, signal: AbortSignal | undefined): Promise<GeoidReply> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const done = new AbortController()
    const options = { signal: done.signal }
    const settle = (act: () => void) => {
      done.abort()
      act()
    }
    worker.addEventListener('message', ({ data }: MessageEvent<GeoidReply>) => settle(() => resolve(data)), options)
    worker.addEventListener(
      'error',
      ({ message }) => settle(() => reject(new Error(`geoid worker: ${message}`))),
      options,
    )
    signal?.addEventListener('abort', () => settle(() => reject(signal.reason)), options)
    worker.postMessage(request)
  })
}
