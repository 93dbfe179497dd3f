// npm run build: writes dist/, the library, the storage worker and the types.
import { packageFile, run } from './run.mjs'

const vite = packageFile('vite/bin/vite.js')
const steps = [
  [vite, 'build', '--mode', 'worker'],
  [vite, 'build', '--mode', 'parts'],
  [vite, 'build'], // has the worker as text
  [packageFile('typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  ['scripts/check-sizes.mjs'],
]
for (const step of steps) {
  const code = await run(process.execPath, step)
  if (code !== 0) process.exit(code)
}
