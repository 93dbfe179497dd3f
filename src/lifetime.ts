// How long an array is kept on a disk that is a cache, and by which names it goes.

export interface Lifetime {
  /** Milliseconds from its creation on after which nobody finds it any more, and its bytes go. Default: for ever. */
  expire?: number
  /** Names by which `disk.evict({ tag })` removes it. */
  tags?: readonly string[]
}

/** What is given of the two, checked. Errors: TypeError. */
export function checkLifetime({ expire, tags }: Lifetime): Lifetime {
  if (expire !== undefined && (typeof expire !== 'number' || !(expire >= 0))) {
    throw new TypeError(`expire is a number of milliseconds, 0 or more, got ${String(expire)}`)
  }
  if (tags !== undefined && (!Array.isArray(tags) || !tags.every(isTag))) {
    throw new TypeError(`tags are an array of well-formed strings, got ${String(tags)}`)
  }
  return { ...(expire !== undefined && { expire }), ...(tags !== undefined && { tags: [...tags] }) }
}

export function isTag(tag: unknown): tag is string {
  return typeof tag === 'string' && tag.isWellFormed()
}
