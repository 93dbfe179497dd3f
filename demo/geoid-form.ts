// The choice of a geoid to make: a few sizes up to several gigabytes, as far as the browser says it has room.
import type { ArrayInfo, Disk } from '../src/index.js'
import { part, stamp } from './dom.js'
import { formatBytes } from './format.js'
import type { Arcminutes } from './geoid.js'
import { geoidBytes, geoidPath } from './geoid-array.js'

const OFFERED: readonly Arcminutes[] = [10, 5, 2, 1, 0.75, 0.5, 0.4]

export class GeoidForm {
  readonly element = stamp('make-geoid')
  readonly #size = part(this.element, 'size', HTMLSelectElement)
  readonly #make = part(this.element, 'make', HTMLButtonElement)
  readonly #disk: Disk
  #paths: ReadonlySet<string> = new Set()
  #isMaking = false
  /** Bytes the browser gives this site beyond what it has; undefined where it does not tell. */
  #room: number | undefined

  /** `make` is called with the resolution that was chosen; `arcminutes` is the one to begin with. */
  constructor(disk: Disk, arcminutes: Arcminutes, make: (arcminutes: Arcminutes) => void) {
    this.#disk = disk
    const sizes = [...new Set([...OFFERED, arcminutes])].sort((a, b) => b - a)
    this.#size.replaceChildren(...sizes.map((size) => new Option('', String(size))))
    this.#size.value = String(arcminutes)
    this.#size.addEventListener('change', () => this.#show())
    this.element.addEventListener('submit', (event) => {
      event.preventDefault()
      make(this.#chosen)
    })
    this.#show()
  }

  get #chosen(): Arcminutes {
    return Number(this.#size.value) as Arcminutes // the options are made of them
  }

  follow(arrays: readonly ArrayInfo[], isMaking: boolean): void {
    this.#paths = new Set(arrays.map(({ path }) => path))
    this.#isMaking = isMaking
    this.#show()
    void this.#look()
  }

  async #look(): Promise<void> {
    const usage = await this.#disk.usage().catch(() => undefined)
    this.#room = usage && usage.quotaBytes > 0 ? Math.max(0, usage.quotaBytes - usage.originBytes) : undefined
    this.#show()
  }

  #show(): void {
    for (const option of this.#size.options) {
      const size = Number(option.value) as Arcminutes
      const bytes = geoidBytes(size)
      const isHere = this.#paths.has(geoidPath(size))
      const fits = this.#room === undefined || bytes <= this.#room
      option.disabled = isHere || !fits
      option.textContent = `${formatBytes(bytes)}, ${size}′${isHere ? ' (is here)' : fits ? '' : ' (no room)'}`
    }
    this.#make.textContent = `Make the ${formatBytes(geoidBytes(this.#chosen))} geoid`
    this.#make.disabled = this.#isMaking || this.#size.selectedOptions[0]?.disabled !== false
    part(this.element, 'room').textContent =
      this.#room === undefined
        ? ''
        : `The browser says this site may store ${formatBytes(this.#room)} more; the device may have less.`
  }
}
