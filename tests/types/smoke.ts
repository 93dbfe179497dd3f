// The way to state something about a public type: what holds, and what must not compile.
import type { Disk, DiskOptions, openDisk } from '../../src/index.js'
import { holds, type Same } from './expect-type.js'

holds<Same<ReturnType<typeof openDisk>, Promise<Disk>>>()

// @ts-expect-error: no such backend
export const options: DiskOptions = { backend: 'disk' }
