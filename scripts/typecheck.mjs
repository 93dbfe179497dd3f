// Checks every part of the project against the TypeScript libs of the place it runs in.
import { packageFile, run } from './run.mjs'

let failed = 0
for (const part of ['core', 'page', 'worker', 'node', 'types']) {
  const code = await run(process.execPath, [packageFile('typescript/bin/tsc'), '-p', `tsconfig.${part}.json`])
  if (code !== 0) failed++
}
process.exitCode = failed === 0 ? 0 : 1
