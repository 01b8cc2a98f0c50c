// The work of a pipeline without the pipeline: the same readers, the same threads, the same functions, no log,
// no database, no HTTP. Each text goes to both checks the moment it is read, so that nothing waits for anything.
import { createComputePool, type ComputePool } from '#platform/compute/pool.ts'
import { readConfig } from '#platform/config/config.ts'
import { createReaderPool } from '#services/files/service.ts'
import { languageTask } from '#services/language/service.ts'
import { loadLexicon, spellingTask } from '#services/spelling/service.ts'
import type { CorpusFile } from './corpus.ts'
import { cpuSeconds } from './processes.ts'

export class Bare {
  readonly #readers: ReturnType<typeof createReaderPool>
  readonly #spelling: ComputePool
  readonly #language: ComputePool

  constructor() {
    const config = readConfig({}, {})
    this.#readers = createReaderPool({
      size: config.readers,
      limits: { fileBytes: config.maxFileBytes, archiveBytes: config.maxArchiveBytes },
    })
    this.#spelling = createComputePool({
      threads: config.spellingThreads,
      shared: { lexicon: loadLexicon() },
    })
    this.#language = createComputePool({ threads: config.languageThreads, shared: {} })
  }

  /** Wall and CPU seconds, the readers' and the threads' too. */
  async run(files: readonly CorpusFile[]): Promise<{ seconds: number; cpuSeconds: number }> {
    const cpu = cpuSeconds(process.pid)
    const began = performance.now()
    await Promise.all(
      files.map(async ({ fileName, path }) => {
        const reading = await this.#readers.read({ path, fileName })
        if (!reading.ok) throw new Error(`${fileName}: ${reading.error.code}`)
        const { text } = reading
        await Promise.all([
          this.#spelling.run(spellingTask, { text, locale: 'en-GB', prompt: null }),
          this.#language.run(languageTask, { text, locale: 'en-GB' }),
        ])
      }),
    )
    return { seconds: (performance.now() - began) / 1000, cpuSeconds: cpuSeconds(process.pid) - cpu }
  }

  async close(): Promise<void> {
    await Promise.all([this.#readers.close(), this.#spelling.close(), this.#language.close()])
  }
}
