// The library's own inspector, fetched when it is first looked at.
import type { Disk } from '../src/index.js'
import { byId } from './dom.js'

export function offerInspector(disk: Disk): void {
  const card = byId('inspector-card')
  card.hidden = false
  card.addEventListener('toggle', () => void show(card, disk), { once: true })
}

async function show(card: HTMLElement, disk: Disk): Promise<void> {
  await import('../src/inspector.js')
  const inspector = document.createElement('lazy-disk-cache-inspector')
  inspector.disk = disk
  card.append(inspector)
}
