// Parts of this worker that are scripts of their own, run when they are first needed. In source they are dynamic imports: where
// the worker is built in parts, these become calls of `runPart`.
import type { WorkerParts } from '../src/protocol.js'

let addresses: WorkerParts = {}
const running = new Map<string, Promise<unknown>>()
let count = 0

declare global {
  var runPart: (name: string) => Promise<unknown>
}

/** Notes where the page has them. */
export function findPartsAt(told: WorkerParts): void {
  addresses = told
}

/** Errors: what the browser says of a script that it has not got, and the next call tries again. */
globalThis.runPart = (name) => {
  const known = running.get(name)
  if (known !== undefined) return known
  const made = importScript(`${addresses[name]}#${count++}`) // some browsers remember what failed, by its address
  running.set(name, made)
  made.catch(() => running.delete(name))
  return made
}

function importScript(address: string): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ address)
}
