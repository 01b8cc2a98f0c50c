const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })
const test = '\\.test\\.ts$|^e2e/|^bench/|^platform/testing/|^scripts/|(^|/)testing/|(^|/)testdata/|^samples/'

/** House rules that a tool can keep. `scripts/architecture.test.ts` plants one violation of each. */
module.exports = {
  forbidden: [
    forbid(
      'services-meet-only-in-contracts',
      'A service knows no other: not its tables, not its code.',
      { path: '^services/([^/]+)/', pathNot: test },
      { path: '^services/([^/]+)/', pathNot: '^services/$1/' },
    ),
    forbid(
      'contracts-import-nothing-of-ours',
      'Contracts are Zod and other contracts.',
      { path: '^contracts/', pathNot: test },
      { path: '^(platform|services|apps|e2e|bench)/' },
    ),
    forbid(
      'platform-knows-no-service',
      'Platform is what none of the services would write twice.',
      { path: '^platform/', pathNot: test },
      { path: '^(services|apps)/' },
    ),
    forbid(
      'web-and-cli-know-only-contracts',
      'They speak the API; the CLI may also host the server, through its doors.',
      { path: '^apps/(cli|web)/', pathNot: test },
      {
        path: '^(services|platform)/|^apps/server/',
        pathNot: '^platform/config/|^apps/server/(local|offline|administration)\\.ts$',
      },
    ),
    forbid(
      'enter-by-the-front-door',
      'The composition root imports a service by its service.ts.',
      { path: '^apps/server/', pathNot: test },
      { path: '^services/', pathNot: '^services/[^/]+/service\\.ts$' },
    ),
    forbid(
      'subjects-are-pure',
      'Rules have no I/O, no clock and no random: property-tested, replayed.',
      {
        path: '^services/(essays/slots|batches/pipeline|batches/keeping|trace/expectations|files/rejections|realtime/notifications|realtime/frames)\\.ts$|^services/language/analysis/|^services/spelling/engine/',
        pathNot: `${test}|/(lexicon|hints|measure)\\.ts$`,
      },
      {
        path: '^platform/(?!ids\\.ts)|/store\\.ts$|^(node:)?(fs|net|http|child_process)(/|$)|node_modules/(pg|kysely|fastify)/',
      },
    ),
    forbid(
      'doors-open-into-actions',
      'Doors are entered from outside: nothing inside calls one.',
      { path: '^services/[^/]+/([^/]*store|actions|progress|[a-z]+-rules)\\.ts$' },
      { path: '^services/[^/]+/(routes|handlers|jobs|service)\\.ts$' },
    ),
    forbid(
      'sql-lives-in-the-store',
      'SQL has one place in a service.',
      { path: '^services/', pathNot: `${test}|store\\.ts$` },
      { path: 'node_modules/(kysely|pg)/' },
    ),
    forbid(
      'tests-stay-tests',
      'The program does not import its tests.',
      { path: '^(contracts|platform|services|apps)/', pathNot: test },
      { path: test },
    ),
    forbid(
      'no-cycles',
      'What needs each other is one thing.',
      { pathNot: test },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^apps/web/dist' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
