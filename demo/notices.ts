// Messages for people: what went wrong in plain words, and what can be done about it.
import {
  DiskLockedError,
  DTypeError,
  InvalidSourceError,
  MemoryBudgetError,
  QuotaExceededError,
  StorageUnavailableError,
} from '../src/index.js'
import { byId, part, stamp } from './dom.js'
import { formatBytes } from './format.js'

export interface Notice {
  readonly kind: 'error' | 'info'
  readonly title: string
  readonly text: string
  readonly action?: NoticeAction
}

export interface NoticeAction {
  readonly label: string
  run(): void
}

/** Shows a notice until it is dismissed; one of the same title takes its place. */
export function notify(notice: Notice): void {
  const list = byId('notices')
  for (const other of list.children) if (part(other, 'title').textContent === notice.title) other.remove()
  const element = stamp('notice')
  element.classList.add(notice.kind)
  element.setAttribute('role', notice.kind === 'error' ? 'alert' : 'status')
  part(element, 'title').textContent = notice.title
  part(element, 'text').textContent = notice.text
  const { action } = notice
  if (action) {
    const button = part(element, 'action', HTMLButtonElement)
    button.textContent = action.label
    button.hidden = false
    button.addEventListener('click', () => {
      element.remove()
      action.run()
    })
  }
  part(element, 'close').addEventListener('click', () => element.remove())
  list.append(element)
}

/** Shows what failed; an abort is what the person asked for and is not shown. */
export function notifyError(title: string, error: unknown, action?: NoticeAction): void {
  if (error instanceof DOMException && error.name === 'AbortError') return
  const isOfTheFile = error instanceof InvalidSourceError || error instanceof DTypeError
  if (!isOfTheFile) console.error(error)
  notify({ kind: 'error', title, text: explain(error), ...(action && { action }) })
}

function explain(error: unknown): string {
  if (error instanceof QuotaExceededError) {
    return `The browser gives this site no more room: ${formatBytes(error.requested)} more were needed. Delete an array, or free space on the disk. Nothing stored before is affected.`
  }
  if (error instanceof MemoryBudgetError) {
    const held = error.holders
      .map(({ path, byteLength }) => `${path ?? 'an array'} (${formatBytes(byteLength)})`)
      .join(', ')
    return `${formatBytes(error.requested)} do not fit the memory this page allows itself. ${held ? `Loaded now: ${held}; offload one.` : ''}`
  }
  if (error instanceof DiskLockedError) return 'One tab at a time can use them: close the other one, then try again.'
  if (error instanceof StorageUnavailableError) return `This browser cannot keep arrays on disk: ${error.missing}.`
  return asSentence(error instanceof Error ? error.message : String(error))
}

/** The library's messages are clauses, for logs. */
function asSentence(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`
}

/** Says something to screen readers, politely. */
export function announce(text: string): void {
  byId('announcer').textContent = text
}
