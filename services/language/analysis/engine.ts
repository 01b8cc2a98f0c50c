// One text in, its figures and hints out: the only door of this folder.
// The rules stand in the files beside this one; this file joins them.
// Does not promise to be quick the first time: the grammar checker is loaded when the first hint is asked for.

import type { Locale } from '#contracts/common.ts'
import type { LanguageHint, LanguageMetrics } from '#contracts/language.ts'
import type { z } from 'zod'
import { hinterVersion, type Hinter } from './hints.ts'
import { METRICS_VERSION, measure } from './metrics.ts'

export interface LanguageAnalysis {
  metrics: LanguageMetrics
  /** Empty when the engine was made without hints. */
  hints: LanguageHint[]
}

export interface LanguageEngine {
  /** Changes whenever the same text could give another result: figures, rules, or harper.js. */
  readonly version: string
  analyse(text: string, options: { locale: z.infer<typeof Locale> }): Promise<LanguageAnalysis>
  /** Frees the grammar checker, if one was loaded. */
  close(): Promise<void>
}

/** One for each thread. Without hints it needs nothing but its own code and never loads harper.js. */
export function createLanguageEngine({ hints = true }: { hints?: boolean } = {}): LanguageEngine {
  let hinter: Promise<Hinter> | undefined
  const load = async (): Promise<Hinter> => (await import('./hints.ts')).createHinter()
  return {
    version: `metrics-${METRICS_VERSION}${hints ? `-${hinterVersion()}` : ''}`,
    async analyse(text, { locale }) {
      const metrics = measure(text)
      if (!hints) return { metrics, hints: [] }
      hinter ??= load()
      try {
        const loaded = await hinter
        return { metrics, hints: await loaded.hints(text, { dialect: locale === 'en-US' ? 'us' : 'gb' }) }
      } catch (error) {
        // A checker that failed is loaded anew for the next text.
        hinter = undefined
        throw error
      }
    },
    async close() {
      const loaded = hinter
      hinter = undefined
      await (await loaded)?.close()
    },
  }
}
