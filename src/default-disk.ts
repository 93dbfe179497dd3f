// The way from an object to a disk nobody gave it. Disks make arrays, and arrays without a disk open one: here the two meet.
import type { Disk } from './disk.js'

/** The open disk of that name, else the disk opened with the default options. Errors: those of opening. */
export async function diskNamed(name: string): Promise<Disk> {
  return (await import('./open.js')).openForClasses(name)
}
