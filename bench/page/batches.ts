// Work on many files, a bounded number at a time: browsers hang or fail with a thousand files open at once.

export const BATCH = 32

/** Results in the order of the items. */
export async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += BATCH) {
    results.push(...(await Promise.all(items.slice(at, at + BATCH).map(work))))
  }
  return results
}
