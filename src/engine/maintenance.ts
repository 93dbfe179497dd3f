// Looking after a disk: check() reads every block, compact() gives room back to the browser.
import { CorruptDataError } from '../core/errors.js'
import { BLOCK_BYTES, type Problem } from '../protocol.js'
import type { Arrays } from './arrays.js'
import { CATALOG_FILES } from './catalog.js'
import { checksum } from './checksum.js'
import type { ContainerStates } from './container-states.js'
import { nameOf } from './data-files.js'
import type { Engine } from './engine.js'
import type { Entry } from './entry.js'
import { isQuotaError } from './files.js'
import { eachStored } from './index-of-arrays.js'
import { blockLength, checksumOf, givenUpIn, HOLE, isGivenUp, missingFrom, positionOf } from './layout.js'
import { fileOf } from './space.js'
import type { Directory } from './storage.js'
import type { Work } from './work.js'

/** Slots filled to less than this are worth emptying. */
const SPARSE_BELOW = 0.5

export interface Parts {
  readonly engine: Engine
  readonly arrays: Arrays
  readonly directory: Directory
  readonly states: ContainerStates
}

/**
 * Reads everything. Where `fix`, what belongs to no array is removed, and what is damaged is named for the last time: the arrays
 * stay, and reading the damaged part of one is an error until it is written anew.
 */
export async function check(parts: Parts, fix: boolean, work: Work): Promise<{ problems: Problem[]; fixed: boolean }> {
  const { engine } = parts
  work.begin(engine.arrays.liveBytes)
  const problems: Problem[] = checkCatalog(engine, fix)
  for (const { incarnation } of [...engine.arrays.values()]) {
    let found: Damage[] = []
    await engine.reading(async () => {
      const entry = engine.arrays.get(incarnation)
      if (entry !== undefined) found = await checkBlocks(engine, entry, work)
    }, [incarnation])
    for (const { problem } of found) problems.push(problem)
    if (fix && found.length > 0)
      await parts.arrays.exclusively(incarnation, async () => giveUp(engine, incarnation, found))
  }
  await work.end()
  problems.push(...(await checkFiles(parts, fix)), ...(await parts.states.check(fix)))
  return { problems, fixed: problems.every(({ fixed }) => fixed) }
}

interface Damage {
  readonly index: number
  readonly position: number
  readonly problem: Problem
}

/** Blocks that were written anew since they were found damaged are left. Errors: QuotaExceededError. */
function giveUp(engine: Engine, incarnation: number, damages: readonly Damage[]): void {
  const entry = engine.arrays.get(incarnation)
  if (entry === undefined) return
  const { version, modified, blocks } = entry
  const given = damages.filter(({ index, position }) => positionOf(blocks, index) === position)
  if (given.length === 0) return
  const places = given.flatMap(({ index, position }) => [
    givenUpIn(missingFrom(position) ?? fileOf(position)),
    checksumOf(blocks, index),
  ])
  const indexes = given.map(({ index }) => index)
  engine.commit(() => [{ kind: 'remap', incarnation, version, modified, indexes, blocks: Float64Array.from(places) }])
}

async function checkBlocks(engine: Engine, entry: Entry, work: Work): Promise<Damage[]> {
  const found: Damage[] = []
  const { path, blocks } = entry
  for (let index = 0; 2 * index < blocks.length; index++) {
    const position = positionOf(blocks, index)
    if (position === HOLE || isGivenUp(position)) continue
    const missing = missingFrom(position)
    const place = { path, file: nameOf(missing ?? fileOf(position)), fixed: false }
    const bytes = missing === undefined ? readBlock(engine, entry, index) : undefined
    if (bytes === undefined) {
      found.push({ index, position, problem: { kind: 'truncated', detail: `block ${index} is missing`, ...place } })
    } else if (checksum(bytes) !== checksumOf(blocks, index)) {
      const detail = `block ${index} is not what was written`
      found.push({ index, position, problem: { kind: 'checksum', detail, ...place } })
    }
    if (work.spend(blockLength(index, entry.nbytes))) await work.pause()
  }
  return found
}

/** Named until `fix`, or until the disk is opened again. */
function checkCatalog(engine: Engine, fix: boolean): Problem[] {
  const { lost } = engine
  if (fix) engine.lost = 0
  const count = lost === Number.POSITIVE_INFINITY ? 'nobody knows how many' : `up to ${lost}`
  const detail = `damaged in both copies: of the arrays made there, ${count} are lost`
  return lost === 0 ? [] : [{ kind: 'checksum', file: CATALOG_FILES[0], detail, fixed: false }]
}

async function checkFiles({ engine, directory }: Parts, fix: boolean): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const file of await directory.list()) {
    if (CATALOG_FILES.some((name) => name === file) || engine.data.owns(file)) continue
    if (fix) await directory.remove(file)
    problems.push({ kind: 'foreign-file', file, detail: 'no part of this disk', fixed: fix })
  }
  return problems
}

/** Empties sparse slots and moves blocks from the ends of the files to free slots before them, then cuts the ends. */
export async function compact(parts: Parts, work: Work): Promise<void> {
  const { engine } = parts
  engine.mark()
  const sparse = new Set(engine.space.sparseSlots(SPARSE_BELOW))
  work.begin(engine.arrays.liveBytes)
  await moveBlocks(parts, work, (position) => sparse.has(Math.floor(position / BLOCK_BYTES)))
  engine.mark()
  const keep = engine.space.denseEnd()
  await moveBlocks(parts, work, (position) => position >= keep)
  await work.end()
  engine.mark()
  engine.cutTails()
}

/** Copies every block for which `moves` is true to the first free place, as long as there is room for copies. */
async function moveBlocks(parts: Parts, work: Work, moves: (position: number) => boolean): Promise<void> {
  try {
    for (const { incarnation } of [...parts.engine.arrays.values()]) {
      const entry = parts.engine.arrays.get(incarnation)
      if (entry === undefined || !anyStored(entry, moves)) continue
      await parts.arrays.exclusively(incarnation, () => moveEntry(parts.engine, incarnation, work, moves))
    }
  } catch (error) {
    if (!isQuotaError(error)) throw error
  }
}

async function moveEntry(
  engine: Engine,
  incarnation: number,
  work: Work,
  moves: (position: number) => boolean,
): Promise<void> {
  const entry = engine.arrays.get(incarnation)
  if (entry === undefined) return
  const indexes: number[] = []
  eachStored(entry, (position, _, index) => {
    if (moves(position)) indexes.push(index)
  })
  for (const index of indexes) {
    await moveBlock(engine, entry, index)
    if (work.spend(blockLength(index, entry.nbytes))) await work.pause()
  }
}

async function moveBlock(engine: Engine, entry: Entry, index: number): Promise<void> {
  const { incarnation, blocks } = entry
  const bytes = readBlock(engine, entry, index)
  const sum = checksumOf(blocks, index)
  // A damaged block stays where it is.
  if (bytes === undefined || checksum(bytes) !== sum) return
  const [place] = (await engine.room.place([bytes.byteLength])) as [number]
  const now = engine.arrays.get(incarnation)
  // A new value is put without waiting for the move, and its blocks are not these.
  if (now === undefined || positionOf(now.blocks, index) !== positionOf(blocks, index)) {
    return engine.room.release([place], [bytes.byteLength])
  }
  try {
    engine.data.write(bytes, place)
    const { version, modified } = now
    const moved = Float64Array.of(place, sum)
    engine.commit(() => [{ kind: 'remap', incarnation, version, modified, indexes: [index], blocks: moved }])
  } catch (error) {
    engine.room.release([place], [bytes.byteLength])
    throw error
  }
}

/** undefined where the file is too short. */
function readBlock({ data }: Engine, { blocks, nbytes, path }: Entry, index: number): Uint8Array | undefined {
  const bytes = new Uint8Array(blockLength(index, nbytes))
  try {
    data.read(bytes, positionOf(blocks, index), path)
    return bytes
  } catch (error) {
    if (error instanceof CorruptDataError) return undefined
    throw error
  }
}

function anyStored(entry: Entry, test: (position: number) => boolean): boolean {
  let any = false
  eachStored(entry, (position) => {
    any ||= test(position)
  })
  return any
}
