import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{contracts,platform,services,apps,e2e,bench,scripts,samples}/**/*.test.ts'],
    globalSetup: ['platform/testing/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
