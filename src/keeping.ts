// Between memory and disk for good: an object gets a place on disk, leaves it, is described for later, and ends.
import { classNameOf } from './classes.js'
import { LazyDiskCacheConfig } from './config.js'
import type { DType } from './core/dtype.js'
import { bytesOf } from './core/typed-array.js'
import type { Custody } from './custody.js'
import { diskNamed } from './default-disk.js'
import { sessionOf } from './handles.js'
import type { Lifetime } from './lifetime.js'
import { type BufferDescription, InMemory, unbacked } from './live.js'
import { roomyTurn } from './loading.js'
import { DEFAULT_DISK_NAME } from './options.js'
import type { ArrayMeta, CreateSpec, JsonObject, PutResult } from './protocol.js'
import { Residency } from './residency.js'
import { EPHEMERAL_FOLDER, type Session } from './session.js'
import type { LazyDiskCacheState } from './state.js'
import { writeBytes } from './transfer.js'

/** What a new array on disk is to be, beside its settings. */
export interface Plan extends Lifetime {
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly attributes: JsonObject
  readonly overwrite: boolean
}

/** The disk an object goes to. Errors: DiskClosedError, those of opening the disk named 'default'. */
export async function sessionFor(custody: Custody): Promise<Session> {
  custody.session ??= sessionOf(await diskNamed(DEFAULT_DISK_NAME))
  return custody.session
}

/** What the service is asked to create for an object. */
export function specFor(custody: Custody, session: Session, plan: Plan): CreateSpec {
  const { cachePath, purgeDiskOnGc: purge } = custody.config
  const path = cachePath ?? session.ephemeralPath()
  const ephemeral = path.startsWith(`${EPHEMERAL_FOLDER}/`)
  return { ...plan, path, className: classNameOf(custody.owner), ephemeral, purge }
}

/** Puts an object on the array that was created for it. */
export function settle(custody: Custody, session: Session, result: PutResult): Residency {
  const residency = session.created(result, custody.place.lock)
  residency.purge = custody.config.purgeDiskOnGc
  if (custody.place instanceof InMemory) residency.memory.priority = custody.place.priority
  residency.attach(custody.occupant)
  custody.place = residency
  return residency
}

/**
 * Creates an object's array on disk by `write`. Whatever fails leaves nothing there. Errors: what `describeExtra` throws,
 * those of writing.
 */
export async function placeOnDisk(
  custody: Custody,
  session: Session,
  plan: Plan,
  write: (spec: CreateSpec) => Promise<PutResult>,
): Promise<Residency> {
  const { place } = custody
  const extra = custody.occupant.describeExtra()
  return session.goOn(async () => {
    const spec = specFor(custody, session, plan)
    // Crash order: what is replaced stays until the new array has the object's own fields.
    const isStaged = extra !== undefined && !spec.ephemeral
    const made = isStaged ? { ...spec, path: session.ephemeralPath(), ephemeral: true } : spec
    const residency = settle(custody, session, await write(made))
    try {
      if (extra !== undefined) await residency.saveState(custody.settings, extra)
      if (isStaged) {
        const { path: to, overwrite, purge } = spec
        residency.meta = await session.call('rename', { from: made.path, to, overwrite, purge })
      }
    } catch (error) {
      custody.place = place
      await purgeNow(residency)
      await residency.detach(custody.occupant)
      throw error
    }
    return residency
  })
}

/** `enableCaching()`: writes what is in memory to disk. Nothing happens where caching is on. */
export async function toDisk(custody: Custody): Promise<void> {
  const task = async (place: Custody['place']): Promise<void> => {
    if (place instanceof Residency) return
    const session = await sessionFor(custody)
    const { shape, dtype, data }: BufferDescription = place.live ?? custody.occupant.describeBuffer()
    const plan = { shape, dtype, attributes: place.attributes, overwrite: true }
    const residency = await placeOnDisk(custody, session, plan, (create) =>
      writeBytes(session, { create }, bytesOf(data), {}),
    )
    if (!(await residency.keep(data, true, custody.occupant))) custody.occupant.dropBuffer()
  }
  await custody.turn('alone', task, undefined)
}

/**
 * `disableCaching()`: loads, and from then on the object has nothing to do with the disk. What is at its cachePath stays
 * there as it is, unless purge is armed (or there is no cachePath) and no other object is on it. Nothing happens where
 * caching is off.
 */
export async function toMemory(custody: Custody): Promise<void> {
  const loaded = await roomyTurn(custody, (place) => leaveDisk(custody, place), undefined)
  if (loaded === undefined) return
  await loaded.occupants.run('onLoad')
  try {
    await custody.occupant.onLoad()
  } catch (error) {
    custody.tell(error, 'hook')
  }
}

/** Returns what had to be loaded. */
async function leaveDisk(custody: Custody, place: Custody['place']): Promise<Residency | undefined> {
  if (place instanceof InMemory) return undefined
  const hasLoaded = place.live === undefined
  if (hasLoaded) await place.load('r+', {}, custody.occupant)
  const isLast = place.occupants.count === 1
  if (!isLast || !isMortal(place)) await place.writeBack({}, custody.occupant)
  place.check()
  const { live, meta } = place
  if (live === undefined) return undefined
  live.shared = true // it is the object's alone from now on
  const data = isLast ? live.data : live.data.slice()
  const { keepsBuffer } = custody.occupant
  if (keepsBuffer && !isLast) custody.occupant.setBuffer(data)
  if (!meta.ephemeral) custody.config = custody.config.updated({ cachePath: meta.path })
  const kept = keepsBuffer ? undefined : unbacked(data, live.shape, live.dtype)
  const { priority } = place.memory
  custody.place = new InMemory(kept, meta.attributes, place.lock)
  custody.place.priority = priority
  await place.detach(custody.occupant)
  return hasLoaded ? place : undefined
}

/** Arms or disarms purge: durable on disk when it resolves. What has no cachePath goes with its page in any case. */
export async function setPurge(custody: Custody, purge: boolean): Promise<void> {
  await custody.turn(
    'alone',
    async (place) => {
      if (place instanceof Residency) {
        if (!place.meta.ephemeral) place.meta = await arm(place, purge)
        place.purge = purge
      }
      custody.config = custody.config.updated({ purgeDiskOnGc: purge })
    },
    undefined,
  )
}

/**
 * Offloads, and disarms purge: from then on the array outlives its page. Errors: TypeError while caching is off; what
 * `describeExtra` throws; those of writing.
 */
export async function toState(custody: Custody): Promise<LazyDiskCacheState> {
  let isGone = false
  const state = await custody.turn(
    'alone',
    async (place) => {
      if (place instanceof InMemory)
        throw new TypeError('toState: caching is off, so there is nothing on disk to refer to')
      const extra = custody.occupant.describeExtra()
      const { settings } = custody
      if (place.live !== undefined) isGone = await place.offload({}, custody.occupant)
      if (isMortal(place)) place.meta = await arm(place, false)
      place.purge = false
      const { path, shape, dtype } = place.meta
      const kept = { ...settings, cachePath: path }
      await place.saveState(kept, extra)
      const disk = place.session.name
      const described = { version: 1, className: place.meta.className, disk, cachePath: path, shape, dtype } as const
      return extra === undefined ? { ...described, settings: kept } : { ...described, settings: kept, extra }
    },
    undefined,
  )
  if (isGone) await custody.residency?.occupants.run('onOffload')
  return state
}

/** Puts a fresh object on the array a state tells of, and arms purge again where it was. Errors: NotFoundError, those of hooks. */
export async function reviveOn(
  session: Session,
  custody: Custody,
  state: LazyDiskCacheState,
  restoreExtra: (extra: unknown) => void,
): Promise<void> {
  await session.run(async () => {
    const meta = await session.call('open', { path: state.cachePath })
    const config = new LazyDiskCacheConfig({ ...state.settings, enableCaching: true, cachePath: state.cachePath })
    custody.configure(config, session)
    await custody.adopt(session, meta)
    const residency = custody.residency as Residency // adopt has put it there
    try {
      if (state.extra !== undefined) restoreExtra(state.extra)
      if (config.purgeDiskOnGc) residency.meta = await arm(residency, true)
      if (config.purgeDiskOnGc) residency.purge = true
    } catch (error) {
      custody.isClosed = true
      await residency.detach(custody.occupant)
      throw error
    }
  })
}

/** Removes the bytes whoever is on them. Nothing happens where there are none. */
export async function purge(custody: Custody): Promise<void> {
  if (custody.residency?.isGone !== false) return
  await custody.turn(
    'alone',
    async (place) => {
      if (place instanceof Residency) await purgeNow(place)
    },
    undefined,
  )
}

/** Ends an object as its collection does: changes are written back, the hold is given up. Idempotent. */
export async function close(custody: Custody): Promise<void> {
  const { residency } = custody
  if (custody.isClosed) return
  if (residency === undefined || residency.isGone || residency.session.isClosed) {
    custody.isClosed = true
    return
  }
  await custody.turn(
    'alone',
    async (place) => {
      if (place instanceof Residency) {
        const isLast = place.occupants.count === 1
        if (!isLast || !isMortal(place)) await place.writeBack({}, custody.occupant)
        custody.isClosed = true
        if (isLast) place.drop()
        await place.detach(custody.occupant)
      }
      custody.isClosed = true
    },
    undefined,
  )
}

/** Whether the bytes go with the last object. */
function isMortal({ purge, meta }: Residency): boolean {
  return purge || meta.ephemeral
}

function arm({ session, meta: { incarnation } }: Residency, purge: boolean): Promise<ArrayMeta> {
  return session.call('setPurge', { incarnation, purge })
}

async function purgeNow({ session, meta: { incarnation } }: Residency): Promise<void> {
  await session.call('purge', { incarnation })
  session.gone([incarnation], 'was purged')
}
