// What is seen while there is nothing to draw: what the page would make, and what it costs.
import type { ArrayInfo, Disk } from '../src/index.js'
import { byId, part } from './dom.js'
import { formatBytes, formatShape } from './format.js'
import { type Arcminutes, geoidShape } from './geoid.js'
import { geoidBytes, geoidPath } from './geoid-array.js'

/** What a disk kept in memory is asked to hold, and what the smaller button makes. */
export const SMALL: Arcminutes = 10

/** Shows the story and its buttons; `make` is called with the chosen resolution. */
export function prepareFirstRun(disk: Disk, arcminutes: Arcminutes, make: (arcminutes: Arcminutes) => void): void {
  const root = byId('first-run')
  const size = formatBytes(geoidBytes(arcminutes))
  const place = disk.backend === 'memory' ? 'in memory' : 'on disk'
  part(root, 'heading').textContent = `Nothing ${place} yet`
  part(root, 'story').textContent =
    `The geoid is the shape the sea would take at rest. This page resamples the EGM96 model to ${arcminutes} ` +
    `arc-minute${arcminutes === 1 ? '' : 's'}: ${formatShape(geoidShape(arcminutes))} float32 values, ${size}. ` +
    (disk.backend === 'memory'
      ? 'It is made here and kept in memory.'
      : 'It is made here and written to disk as it comes, so memory stays nearly empty.')
  part(root, 'cost').textContent =
    disk.backend === 'memory'
      ? 'It is gone when this tab closes or reloads.'
      : `It takes ${size} of this device's disk, in the browser's storage for this site, and is there again after a reload. ` +
        'You can delete it at any time; the browser may, when the disk runs short.'
  button('make').textContent = `Make the ${size} geoid`
  button('make').addEventListener('click', () => make(arcminutes))
  const small = button('make-small')
  small.textContent = `Or a coarser one, ${formatBytes(geoidBytes(SMALL))}`
  small.hidden = arcminutes >= SMALL
  small.addEventListener('click', () => make(SMALL))
  const again = part(byId('make-again'), 'make', HTMLButtonElement)
  again.textContent = `Make the ${size} geoid`
  again.addEventListener('click', () => make(arcminutes))
}

export function showFirstRun(shown: boolean): void {
  byId('first-run').hidden = !shown
}

/** The list offers the geoid as long as it is not there. */
export function offerGeoid(arrays: readonly ArrayInfo[], arcminutes: Arcminutes, making: boolean): void {
  const isThere = arrays.some(({ path }) => path === geoidPath(arcminutes))
  byId('make-again').hidden = making || arrays.length === 0 || isThere
  for (const name of ['make', 'make-small']) button(name).disabled = making
}

function button(name: string): HTMLButtonElement {
  return part(byId('first-run'), name, HTMLButtonElement)
}
