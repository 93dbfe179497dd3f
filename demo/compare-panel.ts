// The panel that compares an array on disk with one in memory, and says where memory wins.
import { compare, type Row } from './compare.js'
import { byId, part } from './dom.js'
import { formatBytes, formatDuration } from './format.js'
import type { Library } from './library.js'
import { hasPlainNumbers, type Raster } from './raster.js'
import { runTask } from './tasks.js'

const SIZES = [16e6, 64e6, 256e6, 1e9] as const

export class ComparePanel {
  readonly #root = byId('compare')
  readonly #size = part(this.#root, 'size', HTMLSelectElement)
  readonly #library: Library
  #raster: Raster | undefined

  constructor(library: Library) {
    this.#library = library
    part(this.#root, 'form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#run()
    })
  }

  /** What the map shows. */
  follow(raster: Raster | undefined): void {
    if (raster === this.#raster) return
    this.#raster = raster
    this.#root.hidden = raster === undefined || !hasPlainNumbers(raster)
    if (!raster) return
    const { nbytes } = raster.array
    const parts = SIZES.filter((size) => size < nbytes).map((size) => [size, `the first ${formatBytes(size)}`] as const)
    const whole = nbytes <= (SIZES.at(-1) ?? 0) ? [[nbytes, `all ${formatBytes(nbytes)}`] as const] : []
    this.#size.replaceChildren(...[...parts, ...whole].map(([size, label]) => new Option(label, String(size))))
    this.#size.value = String(([...parts, ...whole].findLast(([size]) => size <= SIZES[2]) ?? [nbytes])[0])
    part(this.#root, 'results').hidden = true
    part(this.#root, 'verdict').textContent = ''
  }

  async #run(): Promise<void> {
    const raster = this.#raster
    if (!raster) return
    const { rows: all } = raster.grid
    const rows = Math.max(1, Math.min(all, Math.floor((Number(this.#size.value) / raster.array.nbytes) * all)))
    const button = part(this.#root, 'run', HTMLButtonElement)
    const table = part(this.#root, 'rows', HTMLTableSectionElement)
    table.replaceChildren()
    part(this.#root, 'verdict').textContent = ''
    part(this.#root, 'results').hidden = false
    button.disabled = true
    const measured: Row[] = []
    await runTask('Measuring in memory and on disk', async (options) => {
      const onRow = (row: Row) => {
        measured.push(row)
        table.append(rowOf(row))
      }
      await compare(this.#library, raster, rows, onRow, options)
      part(this.#root, 'verdict').textContent = verdict(measured, raster)
    })
    button.disabled = false
  }
}

function rowOf({ work, memory, disk, unit }: Row): HTMLTableRowElement {
  const row = document.createElement('tr')
  const head = document.createElement('th')
  head.scope = 'row'
  head.textContent = work
  const format = unit === 'ms' ? formatDuration : formatBytes
  row.append(
    head,
    cell(format(memory), memory < disk),
    cell(format(disk), disk < memory),
    cell(better(memory, disk), false),
  )
  return row
}

function cell(text: string, isBetter: boolean): HTMLTableCellElement {
  const element = document.createElement('td')
  element.textContent = text
  element.classList.toggle('better', isBetter)
  return element
}

function better(memory: number, disk: number): string {
  const ratio = Math.max(memory, disk) / Math.max(Math.min(memory, disk), 1e-3)
  if (ratio < 1.1) return 'about the same'
  const times = ratio >= 100 ? 'over 100' : ratio.toFixed(1)
  return `${memory < disk ? 'memory' : 'disk'}, ${times} times`
}

/** In words, and what the numbers do not say. */
function verdict(rows: readonly Row[], { array }: Raster): string {
  const wins = rows
    .filter(({ memory, disk, unit }) => unit === 'ms' && memory < disk)
    .map(({ work }) => work.toLowerCase())
  const won = wins.length > 0 ? `Here memory is faster at: ${wins.join('; ')}.` : 'Here memory is faster at nothing.'
  return (
    `${won} Once it is loaded, and as long as it fits, an array in memory answers without a message to a worker: keep there what ` +
    `is small, or used over and over. All ${formatBytes(array.nbytes)} would have to be read again after every reload.`
  )
}
