// Which disk, as users hold it, is a handle on which session.
import { DiskClosedError } from './core/errors.js'
import type { Session } from './session.js'

const sessions = new WeakMap<object, Session>()

/** Makes `disk` a handle on the session: it is told of events, and others can be put on it. */
export function bindHandle(disk: EventTarget, session: Session): void {
  sessions.set(disk, session)
  session.targets.add(disk)
}

/** The handle is closed; the session may have others. */
export function unbindHandle(disk: EventTarget): void {
  sessions.get(disk)?.targets.delete(disk)
}

/** The session of a disk. Errors: TypeError for anything else. */
export function boundSession(disk: object): Session {
  const session = sessions.get(disk)
  if (session === undefined) throw new TypeError(`expected a disk from openDisk(), got ${String(disk)}`)
  return session
}

/** The session of a disk that is open. Errors: TypeError, DiskClosedError. */
export function sessionOf(disk: object): Session {
  const session = boundSession(disk)
  // What is bound is an EventTarget.
  if (!session.targets.has(disk as EventTarget))
    throw new DiskClosedError(`this handle on disk '${session.name}' was closed: openDisk gives another one`)
  session.checkOpen()
  return session
}
