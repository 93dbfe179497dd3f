// The panel that computes maps from the array in view, and the choice of layers the results make.
import type { ArrayInfo } from '../src/index.js'
import { DERIVATIONS, type Derivation } from './derive.js'
import { byId, part } from './dom.js'
import type { Library } from './library.js'
import { baseOf, canBeDrawn, type Raster } from './raster.js'
import { runTask } from './tasks.js'
import { tellPages } from './two-pages.js'

export interface ComputePanelListeners {
  /** The person wants to see the array at `path`, or a result has come to be there. */
  onView(path: string): void
}

export class ComputePanel {
  readonly #root = byId('compute')
  readonly #form = part(this.#root, 'form', HTMLFormElement)
  readonly #what = part(this.#root, 'what', HTMLSelectElement)
  readonly #other = part(this.#root, 'other', HTMLSelectElement)
  readonly #layers = byId('layer', HTMLSelectElement)
  readonly #library: Library
  readonly #listeners: ComputePanelListeners
  #raster: Raster | undefined

  constructor(library: Library, listeners: ComputePanelListeners) {
    this.#library = library
    this.#listeners = listeners
    this.#what.addEventListener('change', () => this.#describe())
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#compute()
    })
    this.#layers.addEventListener('change', () => listeners.onView(this.#layers.value))
  }

  /** What is on disk, and what of it the map shows. */
  follow(arrays: readonly ArrayInfo[], raster: Raster | undefined): void {
    this.#raster = raster
    this.#root.hidden = raster === undefined || raster.grid.rows < 2 || raster.grid.cols < 2
    if (!raster) return
    const partners = arrays.filter((info) => this.#fits(info))
    offer(
      this.#other,
      partners.map(({ path }) => [path, path]),
    )
    const derivations = DERIVATIONS.filter(({ needsOther }) => !needsOther || partners.length > 0)
    offer(
      this.#what,
      derivations.map(({ id, title }) => [id, title]),
    )
    const layers = arrays.filter((info) => canBeDrawn(info) && baseOf(info.path, info.attributes) === raster.base)
    offer(
      this.#layers,
      layers.map(({ path, attributes }) => [path, nameOfLayer(attributes)]),
    )
    this.#layers.value = raster.path
    byId('layer-choice').hidden = layers.length < 2
    this.#describe()
  }

  #fits({ path, shape, dtype }: ArrayInfo): boolean {
    const raster = this.#raster
    return (
      raster !== undefined &&
      path !== raster.path &&
      canBeDrawn({ shape, dtype }) &&
      `${shape}` === `${raster.array.shape}`
    )
  }

  get #chosen(): Derivation | undefined {
    return DERIVATIONS.find(({ id }) => id === this.#what.value)
  }

  #describe(): void {
    const chosen = this.#chosen
    part(this.#root, 'other-choice').hidden = !chosen?.needsOther
    part(this.#root, 'source').textContent = this.#raster ? `From ${this.#raster.title}` : ''
    part(this.#root, 'formula').textContent = chosen?.formula ?? ''
  }

  async #compute(): Promise<void> {
    const [source, derivation] = [this.#raster, this.#chosen]
    if (!source || !derivation) return
    const other = derivation.needsOther ? this.#other.value : undefined
    const path = `${source.path}-${derivation.id}`
    const isDone = await runTask(`${derivation.title}: ${source.title}`, async (options) => {
      const second = other === undefined ? undefined : await this.#library.open(other)
      const { expression, attributes } = await derivation.build(source, second, options)
      const title = `${derivation.title}: ${source.title}`
      const described = { ...attributes, title, layerOver: source.base, layer: derivation.title }
      await this.#library.compute(path, expression, described, (out) => expression.evaluate({ out, ...options }))
      return true
    })
    if (!isDone) return
    tellPages({ path })
    this.#listeners.onView(path)
  }
}

function nameOfLayer({ layer, quantity }: ArrayInfo['attributes']): string {
  return typeof layer === 'string' ? layer : typeof quantity === 'string' ? quantity : 'The array itself'
}

/** The choices of a list; the one chosen stays so where it is still offered. */
function offer(list: HTMLSelectElement, choices: readonly (readonly [value: string, label: string])[]): void {
  if (choices.length === list.options.length && choices.every(([value], index) => list.options[index]?.value === value))
    return
  const { value } = list
  list.replaceChildren(...choices.map(([value, label]) => new Option(label, value)))
  if (choices.some(([choice]) => choice === value)) list.value = value
}
