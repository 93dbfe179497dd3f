// Exact reads and writes over files whose counts cannot be trusted.
import { QuotaExceededError } from '../core/errors.js'
import type { SyncFile } from './storage.js'

/** One read or write of 2 GiB or more throws (RangeError in Chromium, TypeError in Firefox). */
const MAX_TRANSFER_BYTES = 1 << 30

/** Fills `target`; returns false where the file has fewer bytes. */
export function readExactly(file: SyncFile, target: Uint8Array, at: number): boolean {
  if (target.byteLength <= MAX_TRANSFER_BYTES) return file.read(target, at) === target.byteLength
  for (let done = 0; done < target.byteLength; ) {
    const piece = target.subarray(done, done + MAX_TRANSFER_BYTES)
    if (file.read(piece, at + done) !== piece.byteLength) return false
    done += piece.byteLength
  }
  return true
}

/**
 * Writes all of `source`. A count other than the one asked for is the quota: Firefox returns a short one, Chromium
 * 4294967288. Errors: QuotaExceededError.
 */
export function writeExactly(file: SyncFile, source: Uint8Array, at: number): void {
  for (let done = 0; done < source.byteLength; ) {
    const piece = source.subarray(done, done + MAX_TRANSFER_BYTES)
    const written = quotaErrors(piece.byteLength, () => file.write(piece, at + done))
    if (written !== piece.byteLength) throw quotaExceeded(piece.byteLength)
    done += piece.byteLength
  }
}

/** Sets the size and makes sure of it. Errors: QuotaExceededError with the bytes by which the file should have grown. */
export function resizeExactly(file: SyncFile, size: number): void {
  const grown = size - file.getSize()
  quotaErrors(grown, () => file.truncate(size))
  if (file.getSize() !== size) throw quotaExceeded(grown)
}

export function isQuotaError(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError'
}

function quotaErrors<T>(requested: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw isQuotaError(error) ? quotaExceeded(requested, error) : error
  }
}

function quotaExceeded(requested: number, cause?: unknown): QuotaExceededError {
  const quota = typeof cause === 'object' && cause !== null && 'quota' in cause ? cause.quota : null
  return new QuotaExceededError(
    `the browser refused to store ${requested} more bytes; nothing stored before is affected`,
    {
      requested,
      quota: typeof quota === 'number' ? quota : null,
      ...(cause === undefined ? {} : { cause }),
    },
  )
}
