import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{units,ocpp,server,simulator,bench,e2e,tools,portals}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**', 'data/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    globalSetup: ['server/src/platform/testing-setup.ts'],
  },
})
