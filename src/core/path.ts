// Names: cache paths, their segments, and the keys of a store, each of which becomes one segment.
import { InvalidKeyError, InvalidPathError } from './errors.js'

const MAX_KEY_BYTES = 1024
/** A segment that is empty, '.' or '..'. */
const RESERVED_SEGMENT = /(?:^|\/)\.{0,2}(?:\/|$)/

/** Returns `path` if it is segments joined by '/', none empty, '.' or '..'. Errors: InvalidPathError. */
export function checkPath(path: unknown): string {
  if (typeof path !== 'string') throw new InvalidPathError(`invalid path ${quote(path)}: a path is a string`)
  if (!RESERVED_SEGMENT.test(path) && path.isWellFormed()) return path
  for (const segment of path.split('/')) {
    const broken = brokenSegmentRule(segment)
    if (broken !== undefined) throw new InvalidPathError(`invalid path ${quote(path)}: ${broken}`)
  }
  return path
}

/** Returns `folder` if it is one segment of a path. Errors: InvalidPathError. */
export function checkSegment(folder: unknown): string {
  if (typeof folder !== 'string') throw new InvalidPathError(`invalid folder ${quote(folder)}: a folder is a string`)
  const broken = folder.includes('/') ? "a folder is one segment, without '/'" : brokenSegmentRule(folder)
  if (broken !== undefined) throw new InvalidPathError(`invalid folder ${quote(folder)}: ${broken}`)
  return folder
}

/** The segment a store's key is kept under. Different keys have different segments. Errors: InvalidKeyError naming key and rule. */
export function segmentOfKey(key: unknown): string {
  const broken = brokenKeyRule(key)
  if (broken !== undefined) throw new InvalidKeyError(`invalid key ${quote(key)}: ${broken}`)
  const text = key as string // brokenKeyRule has seen to it
  if (text === '.') return '%2E'
  if (text === '..') return '%2E%2E'
  return text.replaceAll('%', '%25').replaceAll('/', '%2F')
}

/** The key whose segment this is; undefined where no key has it. */
export function keyOfSegment(segment: string): string | undefined {
  const dotless = segment === '%2E' ? '.' : segment === '%2E%2E' ? '..' : segment
  const key = dotless.replaceAll('%2F', '/').replaceAll('%25', '%')
  return brokenKeyRule(key) === undefined && segmentOfKey(key) === segment ? key : undefined
}

function brokenSegmentRule(segment: string): string | undefined {
  if (segment === '') return 'no segment is empty'
  if (segment === '.' || segment === '..') return `no segment is '${segment}'`
  if (!segment.isWellFormed()) return 'it is not well-formed: it has a lone surrogate'
  return undefined
}

function brokenKeyRule(key: unknown): string | undefined {
  if (typeof key !== 'string') return 'a key is a string'
  if (key === '') return 'a key is not empty'
  if (!key.isWellFormed()) return 'a key is well-formed, and this one has a lone surrogate'
  const bytes = utf8Length(key)
  if (bytes > MAX_KEY_BYTES) return `a key has at most ${MAX_KEY_BYTES} UTF-8 bytes, and this one has ${bytes}`
  return undefined
}

/** Of a well-formed string. */
function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

/** As a message shows it, cut where it is long. */
function quote(value: unknown): string {
  if (typeof value !== 'string') return `${String(value)} (${typeof value})`
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
}
