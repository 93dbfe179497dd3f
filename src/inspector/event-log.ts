// The last events of a disk, newest first.
import type { DiskEventMap } from '../events.js'
import { element, formatBytes } from './dom.js'

export const EVENT_TYPES = [
  'load',
  'offload',
  'evict',
  'purge',
  'pressure',
  'role',
  'error',
] as const satisfies readonly (keyof DiskEventMap)[]

const MOST_EVENTS = 100

export class EventLog {
  readonly element = element('section')
  readonly #list = element('ol')
  readonly #none = element('p', { className: 'soft', text: 'None since the inspector is here.' })

  constructor() {
    this.#list.tabIndex = 0
    this.#list.setAttribute('aria-label', 'Events, newest first')
    this.element.append(element('h3', { text: 'Events' }), this.#none, this.#list)
    this.clear()
  }

  clear(): void {
    this.#list.replaceChildren()
    this.#list.hidden = true
    this.#none.hidden = false
  }

  add({ type, detail }: CustomEvent<unknown>): void {
    const time = element('time', { text: new Date().toLocaleTimeString() })
    const item = element('li', {}, time, element('strong', { text: type }), element('span', { text: describe(detail) }))
    item.dataset['type'] = type
    this.#list.prepend(item)
    while (this.#list.childElementCount > MOST_EVENTS) this.#list.lastElementChild?.remove()
    this.#list.hidden = false
    this.#none.hidden = true
  }
}

/** An event's fields in their order, bytes with their unit: 'geoid/1 890 MiB disk'. */
function describe(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return ''
  return Object.entries(detail)
    .map(([name, value]) => {
      if (typeof value !== 'number') return value instanceof Error ? `${value.name}: ${value.message}` : String(value)
      if (name === 'milliseconds') return `${value.toFixed(1)} ms`
      return formatBytes(value)
    })
    .join(' · ')
}
