// npm start: sets up what is missing and serves the demo. Further arguments go to Vite (npm start -- --port 8000).
import { packageFile, run } from './run.mjs'
import { setUpPackages } from './setup.mjs'

await setUpPackages()
process.exitCode = await run(process.execPath, [packageFile('vite/bin/vite.js'), ...process.argv.slice(2)])
