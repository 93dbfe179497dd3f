// Into memory: room is waited for outside of turns, and who asks at one time shares one read.
import { unlessAborted } from './abort.js'
import type { WorkOptions } from './call.js'
import type { Custody, Place } from './custody.js'
import { InMemory, type LoadMode } from './live.js'
import { Residency } from './residency.js'
import { workOptions } from './work-options.js'

const NO_ROOM = Symbol('no room')

/**
 * Runs `task` in a turn alone, with room in memory for the array where it is not loaded; between turns, room is waited for.
 * `prepare` runs at the beginning of such a turn. Errors: those of `turn`, MemoryBudgetError.
 */
export async function roomyTurn<T>(
  custody: Custody,
  task: (place: Place) => T | Promise<T>,
  signal: AbortSignal | undefined,
  prepare?: (place: Residency) => Promise<void>,
): Promise<T> {
  const memory = custody.residency?.memory
  const leave = memory?.readers.join(signal)
  const found = async (place: Place) => {
    if (place instanceof InMemory) return task(place)
    await prepare?.(place)
    if (!(await place.memory.hasRoom())) return NO_ROOM
    try {
      return await task(place)
    } finally {
      place.memory.readers.takeRoom()?.release() // what was not needed in the end
    }
  }
  try {
    for (;;) {
      const result = await custody.turn('alone', found, signal)
      if (result !== NO_ROOM) return result
      await unlessAborted(signal, memory?.waitForRoom() ?? Promise.resolve())
    }
  } finally {
    leave?.()
  }
}

/**
 * Loads where that is not done, then runs `task` in the same turn. Callers at one time share one read: it goes on until the
 * last of them is aborted. Errors: as `roomyTurn`, those of reading.
 */
export function loadShared<T>(
  custody: Custody,
  mode: LoadMode | undefined,
  options: WorkOptions,
  task: (place: Place, hasLoaded: boolean) => T,
  prepare?: (place: Residency) => Promise<void>,
): Promise<T> {
  let loaded: Residency | undefined
  const found = async (place: Place) => {
    options.signal?.throwIfAborted()
    if (place instanceof Residency && place.live === undefined) {
      const { signal } = place.memory.readers
      await place.load(mode ?? modeFor(custody, place), { ...workOptions(options), signal }, custody.occupant)
      loaded = place
      options.signal?.throwIfAborted()
    }
    return task(place, loaded !== undefined)
  }
  const run = async (): Promise<T> => {
    try {
      return await roomyTurn(custody, found, options.signal, prepare)
    } finally {
      await loaded?.occupants.run('onLoad')
    }
  }
  return unlessAborted(options.signal, run())
}

/** Loads where that takes only memory that is worth less. Errors: those of reading. */
export async function prefetch(custody: Custody): Promise<void> {
  const task = async (place: Place): Promise<Residency | undefined> => {
    if (place instanceof InMemory || !(await place.memory.hasRoomToPrefetch())) return undefined
    await place.load(modeFor(custody, place), {}, custody.occupant)
    place.memory.awaitUse()
    return place
  }
  const loaded = await custody.turn('alone', task, undefined)
  await loaded?.occupants.run('onLoad')
}

function modeFor({ isReadOnly }: Custody, { usualMode }: Residency): LoadMode {
  return isReadOnly ? 'r' : usualMode
}
