// How much memory the browser takes, read from the processes that this test worker started.
import { readdirSync, readFileSync } from 'node:fs'

const EVERY_MS = 25
/** A browser that has just started still grows: it has settled when it did not for so long, */
const SETTLED_MS = 2000
/** but for so little. */
const SETTLED_BYTES = 1 << 20
const SETTLE_AT_MOST_MS = 20_000

/**
 * Bytes by which the browser's memory grew at its highest while `work` ran; 0 where the system has no /proc. Proportional set
 * sizes: what processes share counts once, and the page cache of files not at all.
 */
export async function growthOfMemory(work: () => Promise<void>): Promise<number> {
  const start = await settledMemory()
  return (await highestMemory(work)) - start
}

/** The browser's memory in bytes at its highest while `work` ran; as in `growthOfMemory`. */
async function highestMemory(work: () => Promise<void>): Promise<number> {
  let highest = browserMemory()
  let timer: NodeJS.Timeout
  // Looking takes longer than that on a busy machine, and Playwright reads one message of the browser between two timers.
  const look = () => {
    highest = Math.max(highest, browserMemory())
    timer = setTimeout(look, EVERY_MS)
  }
  timer = setTimeout(look, EVERY_MS)
  try {
    await work()
  } finally {
    clearTimeout(timer)
  }
  return Math.max(highest, browserMemory())
}

async function settledMemory(): Promise<number> {
  const end = performance.now() + SETTLE_AT_MOST_MS
  for (let before = browserMemory(); ; ) {
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
    const now = browserMemory()
    if (now - before < SETTLED_BYTES || performance.now() > end) return now
    before = now
  }
}

/** Bytes, as in `growthOfMemory`. */
export function browserMemory(): number {
  return descendants(process.pid).reduce((sum, pid) => sum + proportionalSetSize(pid), 0)
}

function descendants(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const pid of processes()) {
    const [, parent] = /\) \S (\d+)/.exec(read(`/proc/${pid}/stat`)) ?? []
    if (parent !== undefined) children.set(Number(parent), [...(children.get(Number(parent)) ?? []), pid])
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)])
  return below(root)
}

function processes(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

function proportionalSetSize(pid: number): number {
  // Not what is mapped of files: a browser's program is shared with other browsers, and all its own when those end.
  const kinds = read(`/proc/${pid}/smaps_rollup`).matchAll(/^Pss_(?:Anon|Shmem):\s+(\d+) kB/gm)
  return [...kinds].reduce((sum, [, kibibytes]) => sum + Number(kibibytes) * 1024, 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // the process has ended
  }
}
