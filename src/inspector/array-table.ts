// The arrays of a disk that begin with what was typed, as a table; no more rows than a page can bear.
import type { ArrayInfo } from '../events.js'
import { element, formatBytes } from './dom.js'

/** A disk may hold a hundred thousand arrays. */
const MOST_ROWS = 200
const COLUMNS = ['Path', 'Shape', 'dtype', 'Size', 'State', 'Class', 'Changed'] as const

export class ArrayTable {
  readonly element = element('section')
  readonly #count = element('h3', { text: 'Arrays' })
  readonly #filter = element('input')
  readonly #rows = element('tbody')
  readonly #note = element('p', { className: 'soft' })

  /** `onFilter`: another prefix is wanted. */
  constructor(onFilter: () => void) {
    this.#filter.type = 'search'
    this.#filter.placeholder = 'Path begins with…'
    this.#filter.setAttribute('aria-label', 'Path begins with')
    this.#filter.addEventListener('input', onFilter)
    const heads = COLUMNS.map((name) => {
      const head = element('th', { text: name })
      head.scope = 'col'
      return head
    })
    const table = element('table', {}, element('thead', {}, element('tr', {}, ...heads)), this.#rows)
    table.setAttribute('aria-label', 'Arrays')
    // Scrolls where it is narrow, by keyboard too.
    const frame = element('div', { className: 'scroll' }, table)
    frame.tabIndex = 0
    frame.setAttribute('role', 'region')
    frame.setAttribute('aria-label', 'Arrays, scrollable')
    this.element.append(element('header', {}, this.#count, this.#filter), frame, this.#note)
  }

  get prefix(): string {
    return this.#filter.value
  }

  show(arrays: readonly ArrayInfo[]): void {
    this.#count.textContent = `Arrays (${arrays.length.toLocaleString('en-US')})`
    this.#rows.replaceChildren(...arrays.slice(0, MOST_ROWS).map(rowOf))
    const left = arrays.length - MOST_ROWS
    this.#note.textContent = left > 0 ? `${left.toLocaleString('en-US')} more: type the beginning of a path.` : ''
  }
}

function rowOf(info: ArrayInfo): HTMLElement {
  const state = info.loaded ? 'in memory' : 'on disk'
  const texts = [
    info.path,
    `[${info.shape.join(', ')}]`,
    info.dtype,
    formatBytes(info.nbytes),
    state,
    info.className,
    info.modified.toLocaleTimeString(),
  ]
  const row = element('tr', {}, ...texts.map((text) => element('td', { text })))
  row.dataset['state'] = state
  return row
}
