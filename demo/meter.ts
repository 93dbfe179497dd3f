// The meter in the page's head: bytes of arrays in memory and on disk, as they change.
import type { Disk } from '../src/index.js'
import { byId, part } from './dom.js'
import { formatBytes, formatCount } from './format.js'
import { latestOnly } from './latest.js'

const MEGABYTE = 1e6
/** While something is being written the files grow before anything is committed; so often they are looked at. */
const LOOK_MILLISECONDS = 500

/** Keeps the meter up to date until the page goes. */
export function showMeter(disk: Disk): void {
  const root = byId('meter')
  const look = latestOnly(async () => {
    const usage = await disk.usage().catch(() => undefined)
    if (!usage) return
    part(root, 'memory').textContent = formatBytes(usage.residentBytes)
    part(root, 'memory-note').textContent = `of ${formatBytes(usage.memoryBudget)} allowed`
    fill(root, 'memory-bar', usage.residentBytes / usage.memoryBudget)
    part(root, 'disk').textContent = formatBytes(usage.liveBytes)
    const arrays = `${formatCount(usage.arrays)} ${usage.arrays === 1 ? 'array' : 'arrays'}`
    const files = disk.backend === 'memory' ? 'in memory, not on disk' : `files ${formatBytes(usage.diskBytes)}`
    part(root, 'disk-note').textContent = `${arrays} · ${files}`
    fill(root, 'disk-bar', usage.diskBytes > 0 ? usage.liveBytes / usage.diskBytes : 0)
  })
  const budget = part(root, 'memory-budget', HTMLInputElement)
  budget.value = `${disk.memoryBudget / MEGABYTE}`
  budget.addEventListener('input', () => {
    // Told of as it is met: arrays with changes are written first.
    void disk.setMemoryBudget(budget.valueAsNumber * MEGABYTE).then(() => look(undefined))
    look(undefined)
  })
  disk.subscribe(() => look(undefined))
  setInterval(() => byId('tasks').childElementCount > 0 && look(undefined), LOOK_MILLISECONDS)
  look(undefined)
}

function fill(root: ParentNode, name: string, fraction: number): void {
  part(root, name).style.inlineSize = `${Math.min(100, Math.max(0, fraction * 100))}%`
}
