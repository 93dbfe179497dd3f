// NumPy as the judge: runs Python where it is installed with numpy.
import { spawnSync } from 'node:child_process'

/** Why NumPy cannot be asked here; undefined where it can. */
export const withoutNumPy: string | undefined =
  spawnSync('python3', ['-c', 'import numpy']).status === 0 ? undefined : 'python3 with numpy is not installed'

/** Runs a Python program in `folder`; resolves with what it printed as JSON. Throws with its error output where it fails. */
export function python(program: string, folder: string): unknown {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  if (status !== 0) throw new Error(`python3: ${stderr}`)
  return stdout === '' ? undefined : JSON.parse(stdout)
}

/** Runs the Python program in a file; gives what it printed as JSON. Throws with its error output where it fails. */
export function pythonFile(path: string, ...given: readonly number[]): unknown {
  const { status, stdout, stderr } = spawnSync('python3', [path, ...given.map(String)], {
    encoding: 'utf8',
    maxBuffer: 256 << 20,
  })
  if (status !== 0) throw new Error(`python3: ${stderr}`)
  return JSON.parse(stdout)
}
