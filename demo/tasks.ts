// Long work: a row with progress, rate, time left and a cancel button for as long as it runs.
import type { WorkOptions } from '../src/index.js'
import { byId, part, stamp } from './dom.js'
import { formatBytes, formatDuration } from './format.js'
import { announce, notifyError } from './notices.js'

/** Shorter work than this shows no row, so that nothing flashes by. */
const QUIET_MILLISECONDS = 250

/** Runs `work` with progress and cancel. Resolves with undefined when it was cancelled or failed, which is shown. */
export async function runTask<T>(
  label: string,
  work: (options: Required<WorkOptions>) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController()
  const row = new TaskRow(label, controller)
  try {
    const result = await work({
      signal: controller.signal,
      onProgress: ({ doneBytes, totalBytes }) => row.report(doneBytes, totalBytes),
    })
    announce(`${label}: done.`)
    return result
  } catch (error) {
    if (controller.signal.aborted) announce(`${label}: cancelled. Nothing was changed.`)
    else notifyError(`${label}: this failed.`, error)
    return undefined
  } finally {
    row.remove()
  }
}

class TaskRow {
  readonly #label: string
  readonly #element = stamp('task-row')
  readonly #bar = part(this.#element, 'bar', HTMLProgressElement)
  readonly #detail = part(this.#element, 'detail')
  readonly #begun = performance.now()
  readonly #showing: number
  #announcedQuarter = 0

  constructor(label: string, controller: AbortController) {
    this.#label = label
    part(this.#element, 'label').textContent = label
    this.#bar.setAttribute('aria-label', label)
    this.#detail.textContent = 'Starting'
    part(this.#element, 'cancel').setAttribute('aria-label', `Cancel: ${label}`)
    part(this.#element, 'cancel').addEventListener('click', () => controller.abort())
    this.#showing = window.setTimeout(() => {
      byId('tasks').append(this.#element)
      byId('tasks-card').hidden = false
      announce(`${label}: begun.`)
    }, QUIET_MILLISECONDS)
  }

  report(doneBytes: number, totalBytes: number | undefined): void {
    if (!totalBytes) {
      this.#detail.textContent = formatBytes(doneBytes)
      return
    }
    const fraction = doneBytes / totalBytes
    this.#bar.value = fraction
    if (doneBytes === 0) {
      this.#detail.textContent = `Making room for ${formatBytes(totalBytes)}`
      return
    }
    const elapsed = performance.now() - this.#begun
    const left =
      fraction > 0.04 ? ` · about ${formatDuration(Math.max(1000, (elapsed / fraction) * (1 - fraction)))} left` : ''
    const rate = elapsed > 500 ? ` · ${formatBytes((doneBytes / elapsed) * 1000)}/s` : ''
    this.#detail.textContent = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}${rate}${left}`
    const quarter = Math.floor(fraction * 4)
    if (quarter > this.#announcedQuarter && quarter < 4) {
      this.#announcedQuarter = quarter
      announce(`${this.#label}: ${quarter * 25} percent.`)
    }
  }

  remove(): void {
    clearTimeout(this.#showing)
    this.#element.remove()
    byId('tasks-card').hidden = byId('tasks').childElementCount === 0
  }
}
