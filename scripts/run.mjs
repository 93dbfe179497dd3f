// Running commands from scripts that use Node alone.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs a command in the project's folder, its output shown; resolves with its exit code, never 0 where it was killed or not found.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string> }} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { env = {} } = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  return new Promise((resolve) => {
    child.on('error', () => resolve(127))
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

/**
 * Runs a command quietly for at most that long, and shows its last lines where it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ minutes: number, env?: Record<string, string> }} options
 * @returns {boolean} whether it succeeded
 */
export function tryRun(command, args, { minutes, env = {} }) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: minutes * 60_000,
    maxBuffer: 64 << 20,
    env: { ...process.env, ...env },
  })
  if (status === 0) return true
  const lines = `${stdout ?? ''}${stderr ?? ''}`.trimEnd().split('\n').slice(-5)
  console.log(`  ${command} failed: ${error?.message ?? ''}\n    ${lines.join('\n    ')}`)
  return false
}

/**
 * The path of a package's command, to be run by this Node: works on every system without a shell.
 * @param {string} file below node_modules
 */
export function packageFile(file) {
  return fileURLToPath(new URL(`../node_modules/${file}`, import.meta.url))
}
