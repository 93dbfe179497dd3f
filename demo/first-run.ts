// What is seen while there is nothing to draw: what the page would make, and what it costs.
import type { Disk } from '../src/index.js'
import { byId, part } from './dom.js'
import type { GeoidForm } from './geoid-form.js'

/** Tells the story around the form. */
export function prepareFirstRun(disk: Disk, form: GeoidForm): void {
  const root = byId('first-run')
  const isMemory = disk.backend === 'memory'
  part(root, 'heading').textContent = `Nothing ${isMemory ? 'in memory' : 'on disk'} yet`
  part(root, 'story').textContent =
    'The geoid is the shape the sea would take at rest. This page resamples the EGM96 model to as fine a grid as you like. ' +
    (isMemory
      ? 'It is made here and kept in memory.'
      : 'It is made here and written to disk as it comes, so memory stays nearly empty.')
  part(root, 'cost').textContent = isMemory
    ? 'It is gone when this tab closes or reloads.'
    : 'It is kept in the browser’s storage for this site, and is there again after a reload. ' +
      'You can delete it at any time; the browser may, when the disk runs short.'
  part(root, 'form').append(form.element)
}

export function showFirstRun(shown: boolean): void {
  byId('first-run').hidden = !shown
}
