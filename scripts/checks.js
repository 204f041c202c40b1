/** What has to hold of the code, one check after the other, as `npm test` runs them; `npm run test:full` has one more. */
export const checks = [
  { name: 'Types', command: ['node_modules/typescript/bin/tsc', '-b'] },
  { name: 'Types of the benchmarks', command: ['node_modules/typescript/bin/tsc', '-b', 'bench'] },
  { name: 'Types of the tests', command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json'] },
  { name: 'Lint', command: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'Form', command: ['node_modules/oxfmt/bin/oxfmt', '--check'] },
  {
    name: 'Import rules',
    command: [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      'apps',
      'packages',
      'bench',
      'tests',
      'examples',
    ],
  },
  { name: 'OpenAPI', command: ['node_modules/@redocly/cli/bin/cli.js', 'lint', 'docs/openapi.json'] },
  { name: 'Tests', command: ['node_modules/vitest/vitest.mjs', 'run', '--exclude', 'tests/chaos/**'] },
  // By itself: what is in flight when something is killed is bounded only where processes get their share of a core.
  ...(process.env.PROPERTY_STEPS === undefined
    ? []
    : [{ name: 'Crash test', command: ['node_modules/vitest/vitest.mjs', 'run', 'tests/chaos'] }]),
]
