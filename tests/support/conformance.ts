// What a conformance case is, and how one is run. The same cases run over memory in Node and over OPFS in browsers.
import { type Disk, type DiskOptions, openDisk } from '../../src/index.js'

export type Backend = 'opfs' | 'memory'

/** Cases import only the library, ./assert.js and this file: they run in a page. */
export interface Case {
  /** A sentence; unique among all cases. */
  readonly name: string
  run(t: CaseContext): Promise<void>
}

export type CaseDiskOptions = Omit<DiskOptions, 'backend' | 'worker' | 'workerUrl' | 'port'>

export interface CaseContext {
  readonly backend: Backend
  /** The name of the case's own disk, new for every run. */
  readonly diskName: string
  /** Opens the case's disk, or with `name` another of the case's own; all are closed afterwards. */
  openDisk(options?: CaseDiskOptions): Promise<Disk>
  /** Closes the disk and opens it again: only what was committed is left. */
  reopen(disk: Disk, options?: CaseDiskOptions): Promise<Disk>
}

let runs = 0

export async function runCase(testCase: Case, backend: Backend): Promise<void> {
  const diskName = `case-${Date.now()}-${runs++}`
  const opened: Disk[] = []
  const open = async (name: string, options: CaseDiskOptions): Promise<Disk> => {
    const disk = await openDisk({ ...options, name, backend })
    opened.push(disk)
    return disk
  }
  try {
    await testCase.run({
      backend,
      diskName,
      openDisk: (options = {}) => open(options.name === undefined ? diskName : `${diskName}-${options.name}`, options),
      reopen: async (disk, options = {}) => {
        await disk.close()
        return open(disk.name, options)
      },
    })
  } finally {
    // What they leave goes with the page's storage: deleting a disk costs as much as opening one.
    await Promise.allSettled(opened.map((disk) => disk.close({ discard: true })))
  }
}
