// The list of what is on disk: shape, dtype, size, state; buttons to view, load, offload and delete.
import type { ArrayInfo } from '../src/index.js'
import { byId, part, stamp } from './dom.js'
import { formatBytes, formatShape } from './format.js'
import { latestOnly } from './latest.js'
import type { Library } from './library.js'
import { announce, notifyError } from './notices.js'
import { saveNpy } from './npy-export.js'
import { canBeDrawn } from './raster.js'
import { runTask } from './tasks.js'

export interface ArraysPanelListeners {
  onView(path: string): void
  /** The list as it is now, whenever it may have changed. */
  onList(arrays: readonly ArrayInfo[]): void
}

export class ArraysPanel {
  /** The path that the map shows. */
  #viewed: string | undefined
  readonly #library: Library
  readonly #listeners: ArraysPanelListeners
  readonly #rows = new Map<string, ArrayRow>()

  constructor(library: Library, listeners: ArraysPanelListeners) {
    this.#library = library
    this.#listeners = listeners
    const { disk } = library
    if (disk.backend === 'memory') byId('arrays-title').textContent = 'In memory'
    disk.subscribe(() => this.refresh())
    for (const type of ['load', 'offload', 'purge', 'evict'] as const) disk.addEventListener(type, () => this.refresh())
  }

  set viewed(path: string | undefined) {
    this.#viewed = path
    for (const row of this.#rows.values()) row.markViewed(row.path === path)
  }

  refresh(): void {
    this.#refresh(undefined)
  }

  readonly #refresh = latestOnly(async () => {
    try {
      const arrays = await this.#library.list()
      this.#show(arrays)
      this.#listeners.onList(arrays)
    } catch (error) {
      notifyError('The list of arrays could not be read.', error)
    }
  })

  /** Rows stay the same elements while their array is there, so that focus is not lost. */
  #show(arrays: readonly ArrayInfo[]): void {
    const list = byId('arrays')
    const paths = new Set(arrays.map(({ path }) => path))
    for (const [path, row] of this.#rows) {
      if (paths.has(path)) continue
      row.element.remove()
      this.#rows.delete(path)
    }
    arrays.forEach((info, index) => {
      let row = this.#rows.get(info.path)
      if (!row) {
        row = new ArrayRow(info.path, this.#library, this.#listeners.onView)
        this.#rows.set(info.path, row)
      }
      row.show(info)
      row.markViewed(info.path === this.#viewed)
      if (list.children[index] !== row.element) list.insertBefore(row.element, list.children[index] ?? null)
    })
    byId('arrays-empty').hidden = arrays.length > 0
  }
}

class ArrayRow {
  readonly path: string
  readonly element = stamp('array-row')
  readonly #library: Library
  #nbytes = 0

  constructor(path: string, library: Library, onView: (path: string) => void) {
    this.path = path
    this.#library = library
    part(this.element, 'name').textContent = path
    this.#button('view').addEventListener('click', () => onView(path))
    this.#button('load').addEventListener('click', () => void this.#load())
    this.#button('offload').addEventListener('click', () => void this.#offload())
    this.#button('save').addEventListener('click', () => void this.#save())
    this.#button('delete').addEventListener('click', () => this.#ask(true))
    this.#button('keep').addEventListener('click', () => this.#ask(false))
    this.#button('really').addEventListener('click', () => void this.#delete())
    for (const name of ['view', 'load', 'offload', 'save', 'delete']) {
      this.#button(name).setAttribute('aria-label', `${this.#button(name).textContent} ${path}`)
    }
  }

  show(info: ArrayInfo): void {
    this.#nbytes = info.nbytes
    part(this.element, 'facts').textContent = `${formatShape(info.shape)} · ${info.dtype} · ${formatBytes(info.nbytes)}`
    const state = part(this.element, 'state')
    const resting = this.#library.disk.backend === 'memory' ? 'offloaded' : 'on disk'
    state.textContent = info.loaded ? 'in memory' : resting
    state.classList.toggle('loaded', info.loaded)
    this.#offer(info.loaded ? 'offload' : 'load', info.loaded ? 'load' : 'offload')
    const view = this.#button('view')
    view.disabled = !canBeDrawn(info)
    view.title = view.disabled ? 'Two-dimensional arrays of real numbers can be drawn' : ''
  }

  markViewed(viewed: boolean): void {
    this.element.classList.toggle('viewed', viewed)
    this.#button('view').setAttribute('aria-pressed', String(viewed))
  }

  /** One of two buttons in the same place; focus stays there. */
  #offer(shown: string, other: string): void {
    const hadFocus = document.activeElement === this.#button(other)
    this.#button(shown).hidden = false
    this.#button(other).hidden = true
    if (hadFocus) this.#button(shown).focus()
  }

  #button(name: string): HTMLButtonElement {
    return part(this.element, name, HTMLButtonElement)
  }

  async #load(): Promise<void> {
    await runTask(`Loading ${this.path}`, async (options) => {
      const array = await this.#library.open(this.path)
      await array.load('r', options)
    })
  }

  async #offload(): Promise<void> {
    await runTask(`Offloading ${this.path}`, async (options) => {
      const array = await this.#library.open(this.path)
      await array.offload(options)
    })
  }

  async #save(): Promise<void> {
    try {
      await saveNpy(this.path, await this.#library.open(this.path))
    } catch (error) {
      notifyError(`${this.path} could not be saved.`, error)
    }
  }

  /** Deleting is asked about once, in the row. */
  #ask(asking: boolean): void {
    part(this.element, 'question').textContent = `Delete ${formatBytes(this.#nbytes)} for good?`
    part(this.element, 'confirm').hidden = !asking
    part(this.element, 'actions').hidden = asking
    this.#button(asking ? 'keep' : 'delete').focus()
  }

  async #delete(): Promise<void> {
    try {
      await this.#library.delete(this.path)
      announce(`${this.path} was deleted.`)
      byId('file').focus()
    } catch (error) {
      notifyError(`${this.path} could not be deleted.`, error)
      this.#ask(false)
    }
  }
}
