// Real time, for worker and page alike.
import type { Scheduler } from './storage.js'

/** What Node's ports and timers have beyond the web's: unreferenced, they do not keep the process running. */
interface Referenced {
  ref?(): void
  unref?(): void
}

interface Tasks {
  postTask(task: () => void): Promise<void>
}

// Behind the tasks that wait already, messages too: about 5 us. setTimeout takes 4 ms, and scheduler.yield() starves messages in Chromium.
const tasks = (globalThis as { scheduler?: Tasks }).scheduler

const { port1, port2 } = new MessageChannel()
const port = port1 as typeof port1 & Referenced
const waiting: (() => void)[] = []
port1.onmessage = () => {
  waiting.shift()?.()
  if (waiting.length === 0) port.unref?.()
}
port.unref?.()

/** Where there is no postTask: a message to oneself, which takes up to 70 us. */
function sendMessage(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    port.ref?.()
    port2.postMessage(undefined)
  })
}

export const scheduler: Scheduler = {
  now: () => Date.now(),
  pause: () => tasks?.postTask(() => undefined) ?? sendMessage(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms)
    const referenced = timer as Referenced | number
    if (typeof referenced === 'object') referenced.unref?.()
    return () => clearTimeout(timer)
  },
}
