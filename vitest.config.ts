import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{contracts,platform,services,apps,e2e,bench,scripts,samples}/**/*.test.ts'],
    globalSetup: ['platform/testing/global-setup.ts'],
    // A slow machine is no failure: what hangs is ended, what is slow is not.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
})
