import { z } from 'zod'

/** A hint on grammar or usage; never counted into a score. UTF-16 offsets, end exclusive. */
export const LanguageHint = z.object({
  start: z.number().int().nonnegative(),
  end: z.number().int().positive(),
  rule: z.string(),
  message: z.string(),
  suggestions: z.array(z.string()).max(5),
})
export type LanguageHint = z.infer<typeof LanguageHint>

const figure = z.number().nullable()

/**
 * What is counted and computed over one text. `null` where the text is too short for the figure to
 * mean anything. Sources and formulas stand beside the functions in `services/language`.
 */
export const LanguageMetrics = z.object({
  words: z.number().int(),
  sentences: z.number().int(),
  paragraphs: z.number().int(),
  characters: z.number().int(),
  syllables: z.number().int(),
  distinctWords: z.number().int(),
  wordsPerSentence: figure,
  sentenceLengthSpread: figure,
  longestSentenceWords: z.number().int(),
  wordsPerParagraph: figure,
  readability: z.object({
    fleschReadingEase: figure,
    fleschKincaidGrade: figure,
    gunningFog: figure,
    smog: figure,
    colemanLiau: figure,
    lix: figure,
  }),
  diversity: z.object({ mtld: figure, hdd: figure }),
  connectives: z.object({
    additive: z.number().int(),
    adversative: z.number().int(),
    causal: z.number().int(),
    temporal: z.number().int(),
    exemplifying: z.number().int(),
    concluding: z.number().int(),
  }),
  repeatedOpenings: z.array(z.object({ words: z.string(), count: z.number().int() })),
  sentenceLengths: z.array(z.number().int()),
})
export type LanguageMetrics = z.infer<typeof LanguageMetrics>

/** What the language phase stores for one text. */
export interface LanguageCheck {
  metrics: LanguageMetrics
  hints: LanguageHint[]
}
