import { z } from 'zod'

export const FindingKind = z.enum(['non-word', 'name', 'split', 'joined', 'confusable'])
export type FindingKind = z.infer<typeof FindingKind>

/** One place in a text that looks misspelt. `start` and `end` count UTF-16 units, end exclusive. */
export const Finding = z.object({
  start: z.number().int().nonnegative(),
  end: z.number().int().positive(),
  text: z.string(),
  kind: FindingKind,
  suggestions: z.array(z.string()).max(5),
})
export type Finding = z.infer<typeof Finding>

/** What the spelling phase stores for one text. */
export interface SpellingCheck {
  findings: Finding[]
}
