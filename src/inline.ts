// The entry 'lazy-disk-cache/inline': the storage worker as text, for pages beside which its script is not served.
/// <reference path="./raw.d.ts" />
import workerText from '../dist/worker.js?raw'
import { workerOf } from './spawn.js'

/**
 * Makes the storage worker from text: `openDisk({ worker: inlineWorker })`. A page with a Content-Security-Policy has to allow
 * `worker-src blob:`. Throws what the browser does.
 */
export function inlineWorker(): Worker {
  return workerOf(workerText)
}
