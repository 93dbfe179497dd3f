// Where a worker sits at a disk: its owner, or a guest of the owner. Who calls need not know which.
import type { CallRequest, Outcome, Role } from '../src/protocol.js'

export interface Seat {
  readonly role: Role
  /** Resolves with undefined where the disk is another's by now, and the call was not begun. */
  call(request: CallRequest): Promise<Outcome<unknown> | undefined>
  abort(id: number): void
  told(id: number): void
  /** Nothing that was called is answered any more. */
  end(): void
}
