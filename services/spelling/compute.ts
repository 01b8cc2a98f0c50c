import { workerData } from 'node:worker_threads'
import type { Locale } from '#contracts/common.ts'
import type { SpellingCheck } from '#contracts/spelling.ts'
import { createEngine, type SharedLexicon, type SpellingEngine } from './engine/engine.ts'

/** One engine a dialect and thread, over the one lexicon that all threads share. */
const engines = new Map<Locale, SpellingEngine>()

/** Runs on a compute thread; `workerData.lexicon` is shared memory. */
export default function checkSpelling(task: {
  text: string
  locale: Locale
  prompt: string | null
}): SpellingCheck {
  let engine = engines.get(task.locale)
  if (!engine) {
    const { lexicon } = workerData as { lexicon: SharedLexicon }
    engine = createEngine(lexicon, { dialect: task.locale === 'en-US' ? 'us' : 'gb' })
    engines.set(task.locale, engine)
  }
  return { findings: engine.check(task.text, task.prompt === null ? {} : { prompt: task.prompt }) }
}
