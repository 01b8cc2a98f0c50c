import { join } from 'node:path'
import { openFileBlobs } from '#platform/blobs/blobs.ts'
import { createComputePool } from '#platform/compute/pool.ts'
import type { Config, ServiceName } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { createReaderPool } from '#services/files/service.ts'
import { createLanguageApi } from '#services/language/service.ts'
import { createSpellingApi, loadLexicon } from '#services/spelling/service.ts'
import type { Log } from '#platform/observability/log.ts'

/** Makes something when it is first asked for, once. */
function lazily<T>(make: () => T) {
  let made: { value: T } | null = null
  return { get: () => (made ??= { value: make() }).value, made: () => made?.value ?? null }
}

/**
 * What costs memory, threads or a folder: made only where a service of this process uses it, so that a process
 * with sockets alone holds no lexicon and starts no reader.
 */
export async function createHeavyParts(options: {
  config: Config
  log: Log
  database: Database
  runs: (name: ServiceName) => boolean
}) {
  const { config, log, database } = options
  const lexicon = lazily(loadLexicon)
  // Apart, because the grammar checker takes 250 MB in each thread that loads it.
  const spellingPool = lazily(() =>
    createComputePool({ threads: config.spellingThreads, shared: { lexicon: lexicon.get() } }),
  )
  const languagePool = lazily(() => createComputePool({ threads: config.languageThreads, shared: {} }))
  const spelling = lazily(() => createSpellingApi(database, lexicon.get()))
  const language = lazily(() => createLanguageApi(database))
  const readers = lazily(() =>
    createReaderPool({
      size: config.readers,
      logger: log,
      limits: { fileBytes: config.maxFileBytes, archiveBytes: config.maxArchiveBytes },
    }),
  )
  const blobs = options.runs('files') ? await openFileBlobs(join(config.data, 'originals')) : null
  if (options.runs('spelling')) spellingPool.get()
  if (options.runs('language')) languagePool.get()
  if (options.runs('files')) readers.get()
  return {
    get blobs() {
      if (!blobs) throw new Error('originals belong to a process that runs files')
      return blobs
    },
    get readers() {
      return readers.get()
    },
    get spellingPool() {
      return spellingPool.get()
    },
    get languagePool() {
      return languagePool.get()
    },
    get spelling() {
      return spelling.get()
    },
    get language() {
      return language.get()
    },
    get engineVersions() {
      return { spelling: spelling.get().engineVersion, language: language.get().engineVersion }
    },
    close: () => Promise.all([spellingPool.made()?.close(), languagePool.made()?.close()]),
  }
}
