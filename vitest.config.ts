import path from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, first: so that none of these is left running alone when all else is done. */
const longest = [
  'e2e/pages.test.ts',
  'e2e/starting.test.ts',
  'e2e/fail-points.test.ts',
  'e2e/wishes-and-deadlines.test.ts',
  'e2e/kill-nine.test.ts',
  'e2e/database-away.test.ts',
  'e2e/words-that-fit.test.ts',
  'server/src/platform/embedded-lock.test.ts',
  'e2e/story-of-a-webhook.test.ts',
  'e2e/details-in-finnish.test.ts',
  'e2e/story-of-a-doubtful-meter.test.ts',
  'e2e/behaviours/transactions-later.test.ts',
  'e2e/two-servers.test.ts',
  'bench/bench.test.ts',
  'e2e/keyboard.test.ts',
  'e2e/story-of-a-charge.test.ts',
  'e2e/forms-that-keep.test.ts',
  'e2e/a-station-goes-away.test.ts',
  'e2e/story-of-a-new-network.test.ts',
  'e2e/sockets-that-misbehave.test.ts',
  'e2e/webhooks-killed.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/${name}`))
      if (at !== -1) return at
      return longest.length + (moduleId.includes('/e2e/') ? 0 : 1)
    }
    return [...files].sort((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId))
  }
}

const seeded = path.join(import.meta.dirname, 'tools', 'one-seed.ts')

export default defineConfig({
  plugins: [
    {
      name: 'one-seed',
      enforce: 'pre',
      resolveId: (source, importer) => (source === 'fast-check' && importer !== seeded ? seeded : undefined),
    },
  ],
  test: {
    include: ['{units,ocpp,server,simulator,bench,e2e,tools,portals}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**', 'data/**'],
    // No promise of the program: they only end a run in which what is waited for never comes, on the slowest machine that tests run on.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 45_000, interval: 20 } },
    // Much of the time is waiting, for patience that ends and servers that start.
    maxWorkers: 4,
    // A worker takes one file after the other: to begin each in a new one was a quarter of what the server's sessions' tests cost. What a file leaves running, it must end.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['server/src/platform/testing-setup.ts'],
    setupFiles: ['tools/compare-times.ts'],
  },
})
