// The way from an object to a disk nobody gave it. Disks make arrays, and arrays without a disk open one: here the two meet.
import type { Disk } from './disk.js'

type Open = (name: string) => Promise<Disk>

let open: Open | undefined

/** Said once, by the module that opens disks. */
export function provideDisks(openForClasses: Open): void {
  open = openForClasses
}

/** The open disk of that name, else the disk opened with the default options. Errors: those of opening. */
export async function diskNamed(name: string): Promise<Disk> {
  if (open === undefined) throw new TypeError('no module that opens disks was loaded')
  return open(name)
}
