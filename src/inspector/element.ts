// The inspector's element: follows a disk while it is in a document, and shows what it is told at most once a frame.
import type { Disk } from '../disk.js'
import { ArrayTable } from './array-table.js'
import { element } from './dom.js'
import { EVENT_TYPES, EventLog } from './event-log.js'
import { STYLE } from './style.js'
import { UsagePanel } from './usage-panel.js'

/** Servers have no elements; the class is never made there. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement)

let sheet: CSSStyleSheet | undefined

/**
 * `<lazy-disk-cache-inspector>`: the arrays of `disk` and their states, its files, usage and budgets, and its events as they
 * come. It only asks after the disk has told of a change, so an idle disk stays idle; 'Refresh' asks at once.
 */
export class LazyDiskCacheInspector extends Base {
  readonly #title = element('h2', { text: 'No disk' })
  readonly #message = element('p', { className: 'message' })
  readonly #usage = new UsagePanel()
  readonly #arrays = new ArrayTable(() => this.#wish())
  readonly #log = new EventLog()
  #disk: Disk | undefined
  /** Ends what is listened to; undefined while nothing is. */
  #following: AbortController | undefined
  #isWished = false
  #isLooking = false

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    if (sheet === undefined) {
      sheet = new CSSStyleSheet()
      sheet.replaceSync(STYLE)
    }
    root.adoptedStyleSheets = [sheet]
    const refresh = element('button', { text: 'Refresh' })
    refresh.type = 'button'
    refresh.addEventListener('click', () => this.#wish())
    this.#message.setAttribute('role', 'status')
    const head = element('header', {}, this.#title, refresh)
    root.append(head, this.#message, this.#usage.element, this.#arrays.element, this.#log.element)
  }

  /** What is inspected; undefined: nothing. The inspector neither opens nor closes it. */
  get disk(): Disk | undefined {
    return this.#disk
  }

  set disk(disk: Disk | undefined) {
    if (disk === this.#disk) return
    this.#unfollow()
    this.#disk = disk
    this.#log.clear()
    this.#usage.clear()
    this.#arrays.show([])
    this.#title.textContent = disk ? `Disk ‘${disk.name}’` : 'No disk'
    this.#message.textContent = disk ? '' : 'Set the property disk to what openDisk gave.'
    if (this.isConnected) this.#follow()
  }

  /** Called by the browser: begins to follow the disk. */
  connectedCallback(): void {
    // What was assigned before the class was known lies on the element itself, before the accessor.
    const early = Object.getOwnPropertyDescriptor(this, 'disk')
    if (early) {
      Reflect.deleteProperty(this, 'disk')
      this.disk = early.value as Disk | undefined
    }
    this.#follow()
  }

  /** Called by the browser: follows the disk no longer, so that nothing keeps the element alive. */
  disconnectedCallback(): void {
    this.#unfollow()
  }

  #follow(): void {
    const disk = this.#disk
    if (!disk || this.#following) return
    this.#following = new AbortController()
    const { signal } = this.#following
    signal.addEventListener(
      'abort',
      disk.subscribe(() => this.#wish()),
    )
    for (const type of EVENT_TYPES) {
      disk.addEventListener(
        type,
        (event) => {
          this.#log.add(event as CustomEvent<unknown>)
          this.#wish()
        },
        { signal },
      )
    }
    this.#wish()
  }

  #unfollow(): void {
    this.#following?.abort()
    this.#following = undefined
  }

  /** Looks in the next frame; wishes that come meanwhile are one. */
  #wish(): void {
    this.#isWished = true
    if (!this.#isLooking) void this.#look()
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    while (this.#isWished) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      this.#isWished = false
      const disk = this.#disk
      if (disk && this.isConnected) await this.#show(disk)
    }
    this.#isLooking = false
  }

  async #show(disk: Disk): Promise<void> {
    try {
      const [arrays, usage, stats] = await Promise.all([disk.list(this.#arrays.prefix), disk.usage(), disk.stats()])
      if (disk !== this.#disk) return
      this.#usage.show(disk, usage, stats)
      this.#arrays.show(arrays)
      this.#message.textContent = ''
    } catch (error) {
      if (disk === this.#disk) this.#message.textContent = error instanceof Error ? error.message : String(error)
    }
  }
}
