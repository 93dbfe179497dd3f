// npm run test:bundlers: the packed tarball in fresh projects of many tools, which are installed for it. Takes some minutes.
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  globalSetup: '../support/dev-server.ts',
  reporter: 'list',
  workers: 1,
  timeout: 10 * 60_000, // installs packages
  projects: [{ name: 'chromium' }],
})
