/** What a command needs of the services without a server or a database. */
export { renderReport } from '#services/results/service.ts'
export { createEngine as createSpellingEngine, loadLexicon } from '#services/spelling/service.ts'
