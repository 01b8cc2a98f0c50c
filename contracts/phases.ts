import { z } from 'zod'
import { BatchId, EssayId, Failure, Locale, Phase, RunId, Sha256, type SchoolId } from './common.ts'
import { defineEvent } from './event.ts'

const item = z.object({ batchId: BatchId, runId: RunId, essayId: EssayId, textHash: Sha256 })

/**
 * The three events of a phase: `batches` asks, the phase's service answers with one of two facts.
 * `fingerprint` names what the result depends on besides the text: engine version, locale, prompt.
 */
function phaseEvents(phase: Phase) {
  return {
    requested: defineEvent(
      `${phase}.check-requested`,
      1,
      item.extend({ fingerprint: z.string(), locale: Locale, promptHash: Sha256.nullable() }),
    ),
    checked: defineEvent(
      `${phase}.essay-checked`,
      1,
      item.extend({ fingerprint: z.string(), findings: z.number().int() }),
    ),
    failed: defineEvent(`${phase}.essay-failed`, 1, item.extend({ error: Failure })),
  }
}

export const phaseEventsOf = { spelling: phaseEvents('spelling'), language: phaseEvents('language') } as const

export type CheckRequested = z.infer<(typeof phaseEventsOf)['spelling']['requested']['data']>

/** Names one stored result of a phase. */
export interface CheckKey {
  textHash: string
  fingerprint: string
}

/** What other services may ask of a phase's service: its stored results by key, in the order asked; absent = null. */
export interface PhaseApi<R> {
  readonly phase: Phase
  /** Part of every fingerprint: a new engine makes new results. */
  readonly engineVersion: string
  getChecks(schoolId: SchoolId, keys: readonly CheckKey[]): Promise<(R | null)[]>
  /** The same of one field of each, so that figures do not carry findings along. */
  getParts<K extends keyof R & string>(
    schoolId: SchoolId,
    keys: readonly CheckKey[],
    part: K,
  ): Promise<(R[K] | null)[]>
}
