import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node', 'development|production'] } },
  test: {
    include: ['{apps,packages,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/bundle/**'],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    // Most of the time is spent waiting for a second to pass.
    maxWorkers: 4,
    // Files that a worker runs one after the other share what was loaded: loading it anew took a third of all the time.
    isolate: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
