// The card that opens the page once more, beside this one or in a tab, and shows who owns the disk.
import type { Disk } from '../src/index.js'
import { byId, part } from './dom.js'
import type { Window } from './view.js'

const BESIDE = 'beside'

/** What a disk does not tell its pages of: it tells of arrays that come and go, as far as that changes how much there is. */
export interface Changed {
  readonly path: string
  /** The elements that have new values; undefined: there is a new array at `path`. */
  readonly window?: Window
}

const channel = new BroadcastChannel('lazy-disk-cache demo')

export function tellPages(changed: Changed): void {
  channel.postMessage(changed)
}

export function onPagesTell(listener: (changed: Changed) => void): void {
  channel.addEventListener('message', ({ data }: MessageEvent<Changed>) => listener(data))
}

/** Whether this page is the one that another shows beside itself. */
function isBeside(): boolean {
  return new URLSearchParams(location.search).has(BESIDE)
}

export function offerSecondPage(disk: Disk): void {
  const root = byId('two-pages')
  const role = byId('role')
  const showRole = () => {
    role.textContent = disk.role
    part(root, 'role').textContent = disk.role
  }
  disk.addEventListener('role', showRole)
  showRole()
  document.body.classList.toggle('is-beside', isBeside())
  // A disk in memory is each page's own.
  root.hidden = disk.backend === 'memory'
  role.hidden = root.hidden
  part(root, 'tab', HTMLAnchorElement).href = location.href
  const button = part(root, 'beside', HTMLButtonElement)
  const box = part(root, 'frame')
  button.addEventListener('click', () => {
    const isOpen = box.childElementCount > 0
    if (isOpen) box.replaceChildren()
    else box.append(newFrame())
    button.textContent = isOpen ? 'Open one beside' : 'Close it'
    button.setAttribute('aria-pressed', String(!isOpen))
  })
}

function newFrame(): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  const address = new URL(location.href)
  address.searchParams.set(BESIDE, '')
  frame.src = address.href
  frame.title = 'The same page again, on the same disk'
  return frame
}
