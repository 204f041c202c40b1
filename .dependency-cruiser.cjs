/** The import rules of docs/architecture.md. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-app-imports-another-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-package-imports-an-app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|bench)/' },
    },
    {
      name: 'nothing-imports-the-benchmarks',
      severity: 'error',
      from: { path: '^(apps|packages)/' },
      to: { path: '^bench/' },
    },
    {
      name: 'format-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/format/' },
      to: { path: '^packages/', pathNot: '^packages/format/' },
    },
    {
      name: 'the-client-imports-nothing',
      comment: 'It runs wherever there is fetch; its tests may use what they like.',
      severity: 'error',
      from: { path: '^packages/sdk/src/', pathNot: ['\\.test\\.ts$', '^packages/sdk/src/node/'] },
      to: { pathNot: '^packages/sdk/src/' },
    },
    {
      name: 'examples-and-commands-know-the-client-alone',
      severity: 'error',
      from: { path: '^(examples|packages/cli)/' },
      to: { path: '^(apps|packages|bench|tests)/', pathNot: '^packages/(sdk|cli)/' },
    },
    {
      name: 'foundations-import-foundations-only',
      comment:
        'config, db, telegram, texts, files, embedded-postgres and observability stand on nothing of ours; jobs and lifecycle on config and observability.',
      severity: 'error',
      from: { path: '^packages/(config|db|telegram|texts|embedded-postgres|observability|jobs|lifecycle|files)/' },
      to: { path: '^packages/', pathNot: ['^packages/$1/', '^packages/(config|observability)/'] },
    },
    {
      name: 'domain-imports-downwards',
      severity: 'error',
      from: { path: '^packages/domain/' },
      to: { path: '^packages/', pathNot: '^packages/(domain|db|jobs|telegram|format)/' },
    },
    {
      name: 'only-tests-import-testing',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: ['\\.test\\.ts$', '^apps/[^/]+/test/', '^packages/testing/'] },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'features-do-not-import-each-other',
      severity: 'error',
      from: { path: '^apps/api/src/features/([^/]+)/' },
      to: { path: '^apps/api/src/features/', pathNot: '^apps/api/src/features/$1/' },
    },
    {
      name: 'only-jobs-imports-bullmq',
      severity: 'error',
      from: { pathNot: '^(packages/jobs|bench)/' },
      to: { path: 'node_modules/bullmq' },
    },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/dist/', '/bundle/', '/generated/', '^apps/sandbox/chat-page/', '^apps/api/assets/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json', '.cjs', '.mjs'],
    },
  },
}
