// NumPy in a process of its own that runs one workload at a time; undefined where there is none.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./operators.py', import.meta.url))

/** @typedef {{ readonly version: string, time(name: string): Promise<number>, flush(): Promise<unknown>, end(): void }} NumPy */

/**
 * @param {number} byteLength of each array
 * @returns {Promise<NumPy | undefined>}
 */
export async function startNumPy(byteLength) {
  const folder = await mkdtemp(join(tmpdir(), 'lazy-disk-cache-numpy-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const python = spawn('python3', [SCRIPT, folder, String(byteLength)], { stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = new Promise((resolve) => python.once('error', resolve).once('exit', resolve)).then(() => undefined)
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]()
  const next = () => Promise.race([lines.next().then(({ value }) => value), ended])
  const version = await next()
  if (version === undefined) return undefined
  /** @param {string} name */
  const time = async (name) => {
    python.stdin.write(`${name}\n`)
    return Number(await next())
  }
  return {
    version,
    time,
    flush: () => time('flush'),
    end: () => python.stdin.end(),
  }
}
