// The bytes of catalog changes. What is here is the disk's format: CATALOG_FORMAT goes up with every change of it.
import { DTYPE_NAMES } from '../core/dtype.js'
import { checkPath } from '../core/path.js'
import { byteLengthOf, checkShape } from '../core/shape.js'
import { ByteReader, type ByteWriter } from './bytes.js'
import type { Change, Description, Entry } from './entry.js'
import { blockCount, blockLength, isPosition, positionOf } from './layout.js'

/** The position is the kind's number on disk: append only. */
const KINDS = [
  'put',
  'remap',
  'describe',
  'delete',
  'durable',
  'snapshot-begin',
  'snapshot-end',
  'used',
  'call',
  'reserved',
  'proof',
] as const satisfies readonly Change['kind'][]

/** No disk comes near it, and numbers that are reserved and not used stay exact. */
const MAX_INCARNATION = 2 ** 52

const PURGE = 1
const EPHEMERAL = 2
const HAS_STATE = 4
/** What follows the clients only where it is said here: format 1 has neither. */
const HAS_EXPIRY = 8
const HAS_TAGS = 16

/**
 * undefined where the bytes are no list of changes that this engine writes: a checksum can hold over nonsense, and everything
 * behind this relies on what is checked here.
 */
export function readChanges(bytes: Uint8Array, start = 0, end = bytes.byteLength): Change[] | undefined {
  const reader = new ByteReader(bytes, start, end)
  const changes: Change[] = []
  try {
    for (let count = reader.integer(); count > 0; count--) changes.push(readChange(reader))
  } catch {
    return undefined
  }
  return changes
}

export function writeChanges(writer: ByteWriter, changes: readonly Change[]): void {
  writer.integer(changes.length)
  for (const change of changes) writeChange(writer, change)
}

function writeChange(writer: ByteWriter, change: Change): void {
  writer.byte(KINDS.indexOf(change.kind))
  switch (change.kind) {
    case 'put':
      writeEntry(writer, change.entry)
      break
    case 'remap':
      writer.integer(change.incarnation)
      writer.integer(change.version)
      writer.double(change.modified)
      writer.integer(change.indexes.length)
      for (const index of change.indexes) writer.integer(index)
      writer.doubles(change.blocks)
      break
    case 'describe':
      writer.integer(change.incarnation)
      writeDescription(writer, change.description)
      break
    case 'delete':
      writer.integer(change.incarnation)
      break
    case 'durable':
      writer.integer(change.sequence)
      break
    case 'reserved':
      writer.integer(change.nextIncarnation)
      break
    case 'proof':
      writer.integer(change.since)
      writeIntegers(writer, change.changed)
      break
    case 'snapshot-begin':
      writer.double(change.nonce)
      writer.integer(change.nextIncarnation)
      break
    case 'snapshot-end':
      writer.integer(change.entries)
      break
    case 'used':
      writer.integer(change.uses.length)
      writer.doubles(change.uses)
      break
    case 'call':
      writer.text(change.client)
      writer.integer(change.id)
      writer.integer(change.answeredBelow)
      writeIntegers(writer, change.changed)
      writeIntegers(writer, change.made)
      writeIntegers(writer, change.gone)
  }
}

/** The entry at `at`, of which it is known that it is right. */
export function unpacked(bytes: Uint8Array, at: number): Entry {
  return readEntry(new ByteReader(bytes, at))
}

function readChange(reader: ByteReader): Change {
  const kind = KINDS[reader.byte()]
  switch (kind) {
    case 'put':
      return { kind, entry: readEntry(reader) }
    case 'remap': {
      const incarnation = reader.integer()
      const version = reader.integer()
      const modified = reader.double()
      const indexes = Array.from({ length: reader.count() }, () => reader.integer())
      const blocks = reader.doubles(2 * indexes.length)
      check(modified >= 0, 'time')
      for (let i = 0; i < indexes.length; i++) check(isPosition(positionOf(blocks, i), 0), 'position')
      return { kind, incarnation, version, modified, indexes, blocks }
    }
    case 'describe':
      return { kind, incarnation: reader.integer(), description: readDescription(reader) }
    case 'delete':
      return { kind, incarnation: reader.integer() }
    case 'durable':
      return { kind, sequence: reader.integer() }
    case 'reserved':
      return { kind, nextIncarnation: readIncarnation(reader) }
    case 'proof':
      return { kind, since: reader.integer(), changed: readIntegers(reader) }
    case 'snapshot-begin':
      return { kind, nonce: reader.double(), nextIncarnation: readIncarnation(reader) }
    case 'snapshot-end':
      return { kind, entries: reader.integer() }
    case 'used': {
      const uses = reader.doubles(reader.count())
      check(uses.length % 3 === 0 && uses.every(Number.isFinite), 'use')
      return { kind, uses }
    }
    case 'call': {
      const [client, id, answeredBelow] = [reader.text(), reader.integer(), reader.integer()]
      const [changed, made, gone] = [readIntegers(reader), readIntegers(reader), readIntegers(reader)]
      check(changed.length % 2 === 0, 'call')
      return { kind, client, id, answeredBelow, changed, made, gone }
    }
    default:
      throw new RangeError('a catalog frame holds an unknown kind of change')
  }
}

function writeEntry(writer: ByteWriter, entry: Entry): void {
  writeDescription(writer, entry)
  writer.integer(entry.incarnation)
  writer.integer(entry.version)
  writer.byte(DTYPE_NAMES.indexOf(entry.dtype))
  writer.integer(entry.shape.length)
  for (const size of entry.shape) writer.integer(size)
  writer.integer(entry.nbytes)
  writer.text(entry.className)
  writer.double(entry.modified)
  writer.integer(entry.blocks.length)
  writer.doubles(entry.blocks)
}

function readEntry(reader: ByteReader): Entry {
  const { path, attributes, ephemeral, purge, hasState, clients, expires, tags } = readDescription(reader)
  const incarnation = readIncarnation(reader)
  const version = reader.integer()
  const dtype = DTYPE_NAMES[reader.byte()]
  if (dtype === undefined) throw new RangeError('a catalog frame holds an unknown dtype')
  const shape: number[] = []
  for (let ndim = reader.integer(); ndim > 0; ndim--) shape.push(reader.integer())
  const nbytes = reader.integer()
  const className = reader.repeatedText()
  const modified = reader.double()
  const blocks = reader.doubles(reader.count())
  checkShape(shape)
  check(nbytes === byteLengthOf(shape, dtype), 'size')
  check(blocks.length === 2 * blockCount(nbytes), 'number of blocks')
  for (let i = 0; 2 * i < blocks.length; i++)
    check(isPosition(positionOf(blocks, i), blockLength(i, nbytes)), 'position')
  check(modified >= 0, 'time')
  // One literal: spreads are what opening a disk of 100,000 arrays would spend its time on.
  return {
    path,
    incarnation,
    version,
    dtype,
    shape,
    nbytes,
    className,
    attributes,
    modified,
    ephemeral,
    purge,
    hasState,
    clients,
    expires,
    tags,
    blocks,
  }
}

function writeDescription(writer: ByteWriter, description: Description): void {
  writer.text(description.path)
  writer.text(hasKeys(description.attributes) ? JSON.stringify(description.attributes) : '')
  writer.byte(flagsOf(description))
  writeTexts(writer, description.clients)
  if (description.expires !== Number.POSITIVE_INFINITY) writer.double(description.expires)
  if (description.tags.length > 0) writeTexts(writer, description.tags)
}

function flagsOf({ purge, ephemeral, hasState, expires, tags }: Description): number {
  return (
    (purge ? PURGE : 0) |
    (ephemeral ? EPHEMERAL : 0) |
    (hasState ? HAS_STATE : 0) |
    (expires === Number.POSITIVE_INFINITY ? 0 : HAS_EXPIRY) |
    (tags.length === 0 ? 0 : HAS_TAGS)
  )
}

function writeIntegers(writer: ByteWriter, integers: readonly number[]): void {
  writer.integer(integers.length)
  for (const integer of integers) writer.integer(integer)
}

function readIntegers(reader: ByteReader): number[] {
  return Array.from({ length: reader.count() }, () => reader.integer())
}

function writeTexts(writer: ByteWriter, texts: readonly string[]): void {
  writer.integer(texts.length)
  for (const text of texts) writer.text(text)
}

function readTexts(reader: ByteReader): readonly string[] {
  let count = reader.integer()
  if (count === 0) return NO_TEXTS
  const texts: string[] = []
  for (; count > 0; count--) texts.push(reader.text())
  return texts
}

const NO_ATTRIBUTES = Object.freeze({})
const NO_TEXTS: readonly string[] = Object.freeze([])

function readDescription(reader: ByteReader): Description {
  const path = checkPath(reader.text())
  const text = reader.text()
  const attributes = text === '' ? NO_ATTRIBUTES : JSON.parse(text)
  check(typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes), 'attribute')
  const flags = reader.byte()
  const clients = readTexts(reader)
  return {
    path,
    attributes,
    purge: (flags & PURGE) !== 0,
    ephemeral: (flags & EPHEMERAL) !== 0,
    hasState: (flags & HAS_STATE) !== 0,
    clients,
    expires: flags & HAS_EXPIRY ? reader.double() : Number.POSITIVE_INFINITY,
    tags: flags & HAS_TAGS ? readTexts(reader) : NO_TEXTS,
  }
}

function readIncarnation(reader: ByteReader): number {
  const incarnation = reader.integer()
  check(incarnation <= MAX_INCARNATION, 'incarnation')
  return incarnation
}

function check(isRight: boolean, what: string): void {
  if (!isRight) throw new RangeError(`a catalog frame holds an impossible ${what}`)
}

function hasKeys(value: object): boolean {
  for (const _ in value) return true
  return false
}
