// What a disk takes of memory and of the device, against its budgets, and what it has done so far.
import type { Disk } from '../disk.js'
import type { DiskStats, DiskUsage } from '../events.js'
import { element, formatBytes } from './dom.js'

export class UsagePanel {
  readonly element = element('section', { className: 'usage' })
  readonly #memory = new Gauge('Memory')
  readonly #disk = new Gauge('Disk')
  readonly #facts = element('dl')

  constructor() {
    this.element.setAttribute('aria-label', 'Usage')
    this.element.append(this.#memory.element, this.#disk.element, this.#facts)
    this.clear()
  }

  clear(): void {
    this.element.hidden = true
  }

  show(disk: Disk, usage: DiskUsage, stats: DiskStats): void {
    this.element.hidden = false
    const { residentBytes, memoryBudget, liveBytes, diskBytes, freeBytes, quotaBytes, originBytes } = usage
    this.#memory.show(residentBytes, memoryBudget, `of ${formatBytes(memoryBudget)} budget`)
    this.#disk.show(liveBytes, diskBytes, `live in ${formatBytes(diskBytes)} of files, ${formatBytes(freeBytes)} free`)
    const { memory, disk: forRoom, expired, tag } = stats.evictions
    this.#showFacts({
      Backend: `${disk.backend}, ${disk.role}`,
      'Open files': String(usage.openHandles),
      Origin: quotaBytes > 0 ? `${formatBytes(originBytes)} of ${formatBytes(quotaBytes)} quota` : 'not told',
      'Hits / misses': `${stats.hits} / ${stats.misses}`,
      'Loads / offloads': `${stats.loads} / ${stats.offloads}`,
      'Read / written': `${formatBytes(stats.bytesRead)} / ${formatBytes(stats.bytesWritten)}`,
      Evictions: `${memory} memory, ${forRoom} disk, ${expired} expired, ${tag} tag`,
      Compactions: String(stats.compactions),
    })
  }

  #showFacts(facts: Readonly<Record<string, string>>): void {
    const rows = Object.entries(facts).map(([name, value]) =>
      element('div', {}, element('dt', { text: name }), element('dd', { text: value })),
    )
    this.#facts.replaceChildren(...rows)
  }
}

class Gauge {
  readonly element: HTMLElement
  readonly #value = element('strong')
  readonly #note = element('span', { className: 'soft' })
  readonly #meter = element('meter')

  constructor(label: string) {
    this.#meter.setAttribute('aria-label', label)
    const line = element('p', {}, element('span', { text: label }), this.#value, this.#note)
    this.element = element('div', { className: 'gauge' }, line, this.#meter)
  }

  show(bytes: number, limit: number, note: string): void {
    this.#value.textContent = formatBytes(bytes)
    this.#note.textContent = note
    this.#meter.max = Math.max(1, limit)
    this.#meter.value = bytes
  }
}
