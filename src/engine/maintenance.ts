// Looking after a disk: check() reads every block, compact() gives room back to the browser.
import { BLOCK_BYTES, type Problem } from '../protocol.js'
import type { Arrays } from './arrays.js'
import { CATALOG_FILES } from './catalog.js'
import { checksum } from './checksum.js'
import { DATA_FILE } from './data-files.js'
import type { Engine } from './engine.js'
import type { Entry } from './entry.js'
import { eachStored } from './index-of-arrays.js'
import { checksumOf } from './layout.js'
import { fileOf } from './space.js'
import type { Directory, StateStore } from './storage.js'
import type { Work } from './work.js'

/** Slots filled to less than this are worth emptying. */
const SPARSE_BELOW = 0.5

export interface Parts {
  readonly engine: Engine
  readonly arrays: Arrays
  readonly directory: Directory
  readonly states: StateStore
}

/** Reads everything; removes, where `fix`, what belongs to no array. Damaged arrays are named, never removed. */
export async function check(parts: Parts, fix: boolean, work: Work): Promise<{ problems: Problem[]; fixed: boolean }> {
  const { engine } = parts
  work.begin(engine.arrays.liveBytes)
  const problems: Problem[] = []
  for (const { incarnation } of [...engine.arrays.values()]) {
    await engine.reading(async () => {
      const entry = engine.arrays.get(incarnation)
      if (entry !== undefined) problems.push(...(await checkBlocks(engine, entry, work)))
    })
  }
  problems.push(...(await checkFiles(parts, fix)), ...(await checkStates(parts, fix)))
  return { problems, fixed: problems.every(({ fixed }) => fixed) }
}

async function checkBlocks(engine: Engine, entry: Entry, work: Work): Promise<Problem[]> {
  const problems: Problem[] = []
  const blocks: { position: number; byteLength: number; index: number }[] = []
  eachStored(entry, (position, byteLength, index) => blocks.push({ position, byteLength, index }))
  for (const { position, byteLength, index } of blocks) {
    const bytes = new Uint8Array(byteLength)
    const place = { path: entry.path, file: `data-${fileOf(position)}`, fixed: false }
    try {
      engine.data.read(bytes, position, entry.path)
      if (checksum(bytes) !== checksumOf(entry.blocks, index)) {
        problems.push({ kind: 'checksum', detail: `block ${index} is not what was written`, ...place })
      }
    } catch {
      problems.push({ kind: 'truncated', detail: `block ${index} is missing`, ...place })
    }
    if (work.spend(byteLength)) await work.pause()
  }
  return problems
}

async function checkFiles({ engine, directory }: Parts, fix: boolean): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const file of await directory.list()) {
    const number = DATA_FILE.exec(file)?.[1]
    const ours =
      CATALOG_FILES.some((name) => name === file) || (number !== undefined && Number(number) < engine.data.count)
    if (ours) continue
    if (fix) await directory.remove(file)
    problems.push({ kind: 'foreign-file', file, detail: 'no part of this disk', fixed: fix })
  }
  return problems
}

async function checkStates({ engine, states }: Parts, fix: boolean): Promise<Problem[]> {
  const orphans = (await states.keys()).filter((key) => engine.arrays.get(Number(key))?.hasState !== true)
  if (fix && orphans.length > 0) await states.delete(orphans)
  return orphans.map((key) => ({
    kind: 'orphan-state',
    file: key,
    detail: 'no array refers to this state',
    fixed: fix,
  }))
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
  engine.mark()
  engine.cutTails()
}

/** Copies every block for which `moves` is true to the first free place. */
async function moveBlocks(parts: Parts, work: Work, moves: (position: number) => boolean): Promise<void> {
  for (const { incarnation } of [...parts.engine.arrays.values()]) {
    const entry = parts.engine.arrays.get(incarnation)
    if (entry === undefined || !anyStored(entry, moves)) continue
    await parts.arrays.exclusively(incarnation, () => moveEntry(parts.engine, incarnation, work, moves))
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
  const blocks: { position: number; byteLength: number; index: number }[] = []
  eachStored(entry, (position, byteLength, index) => {
    if (moves(position)) blocks.push({ position, byteLength, index })
  })
  for (const { position, byteLength, index } of blocks) {
    const bytes = verifiedBlock(engine, entry, index, position, byteLength)
    // A damaged block stays where it is.
    if (bytes === undefined) continue
    const [place] = (await engine.reserve([byteLength])) as [number]
    try {
      engine.data.write(bytes, place)
      const { version, modified } = engine.entry(incarnation)
      const moved = Float64Array.of(place, checksum(bytes))
      engine.commit(() => [{ kind: 'remap', incarnation, version, modified, indexes: [index], blocks: moved }])
    } catch (error) {
      engine.release([place], [byteLength])
      throw error
    }
    if (work.spend(byteLength)) await work.pause()
  }
}

function verifiedBlock(
  engine: Engine,
  entry: Entry,
  index: number,
  position: number,
  byteLength: number,
): Uint8Array | undefined {
  const bytes = new Uint8Array(byteLength)
  try {
    engine.data.read(bytes, position, entry.path)
  } catch {
    return undefined
  }
  return checksum(bytes) === checksumOf(entry.blocks, index) ? bytes : undefined
}

function anyStored(entry: Entry, test: (position: number) => boolean): boolean {
  let any = false
  eachStored(entry, (position) => {
    any ||= test(position)
  })
  return any
}
