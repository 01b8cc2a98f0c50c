import { textsForgotten } from '#contracts/batches.ts'
import type { Failure, Locale, Phase, SchoolId } from '#contracts/common.ts'
import type { Envelope } from '#contracts/event.ts'
import type { FilesApi } from '#contracts/files.ts'
import { phaseEventsOf, type CheckKey, type CheckRequested, type PhaseApi } from '#contracts/phases.ts'
import {
  causedBy,
  newEvent,
  onEvent,
  type Bus,
  type EventHandler,
  type Subscription,
} from '#platform/bus/bus.ts'
import type { Database } from '#platform/database/database.ts'
import { isDatabaseAway } from '#platform/errors.ts'
import type { Log } from '#platform/observability/log.ts'
import { deleteChecks, findChecks, findParts, insertChecks, keyName, listCheckedTexts } from './store.ts'

/** What a phase that looks at one text at a time is made of; everything else is the same for each. */
export interface PhaseOptions<R> {
  phase: Phase
  database: Database
  bus: Bus
  files: FilesApi
  log: Log
  /** Checks one text, outside any transaction. */
  check: (text: string, settings: { locale: Locale; prompt: string | null }) => Promise<R>
  /** How many findings a result holds: told with the fact, for counts on the way. */
  countFindings: (result: R) => number
  /** What was found out about this text before anybody asked; null when nothing was. Given once. */
  early?: (request: Envelope<CheckRequested>) => R | null
  /** Events besides its own request that the phase hears. */
  alsoHears?: readonly EventHandler[]
  /** The task's prompt, for phases that use it as evidence. */
  findPrompt: (request: Envelope<CheckRequested>) => Promise<string | null>
}

type Checked<R> = { key: string; result: R } | { key: string; error: Failure }

/** The most essays whose checks share one transaction: about a third of a second of work on two threads. */
const essaysPerCommit = 64

/**
 * The subscription of a phase: computes before the transaction opens, then stores the results and states the
 * facts in one. A text that cannot be checked is a fact too (`essay-failed`) and stops nobody else.
 */
export function phaseSubscription<R>(options: PhaseOptions<R>): Subscription {
  const { phase, database, bus } = options
  const { requested, checked, failed } = phaseEventsOf[phase]

  async function prepare(events: readonly Envelope<CheckRequested>[]): Promise<Map<string, Checked<R>>> {
    const { schoolId } = events[0]!
    const existing = await database.transaction(schoolId, (tx) =>
      findChecks<R>(
        tx,
        phase,
        events.map((event) => event.data),
      ),
    )
    const missing = new Map(
      events
        .filter((event) => !existing.has(keyName(event.data)))
        .map((event) => [keyName(event.data), event]),
    )
    for (const [key, event] of missing) {
      const result = options.early?.(event) ?? null
      if (result === null) continue
      existing.set(key, result)
      missing.delete(key)
    }
    const texts =
      missing.size === 0
        ? new Map<string, string>()
        : await options.files.getTexts(
            schoolId,
            [...missing.values()].map((event) => event.data.textHash),
          )
    const fresh = await Promise.all(
      [...missing].map(([key, event]) => checkOne(key, event, texts.get(event.data.textHash))),
    )
    return new Map<string, Checked<R>>([
      ...[...existing].map(([key, result]) => [key, { key, result }] as const),
      ...fresh.map((answer) => [answer.key, answer] as const),
    ])
  }

  async function checkOne(
    key: string,
    event: Envelope<CheckRequested>,
    text: string | undefined,
  ): Promise<Checked<R>> {
    try {
      if (text === undefined) throw new Error('the text is not stored')
      const prompt = event.data.promptHash === null ? null : await options.findPrompt(event)
      return { key, result: await options.check(text, { locale: event.data.locale, prompt }) }
    } catch (error) {
      if (isDatabaseAway(error)) throw error
      options.log.warn(
        { err: error, phase, essayId: event.data.essayId, correlationId: event.correlationId },
        'an essay could not be checked',
      )
      return {
        key,
        error: {
          code: 'check-failed',
          message: `The ${phase} check of this essay failed.`,
          remedy: 'Retry this essay. If it fails again, report it with its correlation id.',
          correlationId: event.correlationId,
        },
      }
    }
  }

  return {
    name: phase,
    from: 'beginning',
    batchSize: essaysPerCommit,
    handlers: [
      ...(options.alsoHears ?? []),
      onEvent<CheckRequested, Map<string, Checked<R>>>({
        event: requested,
        prepare,
        handle: async (tx, events, answers) => {
          const { schoolId } = events[0]!
          const results = new Map<string, { textHash: string; fingerprint: string; result: R }>()
          const facts = events.map((event) => {
            const { batchId, runId, essayId, textHash, fingerprint } = event.data
            const key = keyName(event.data)
            const answer = answers.get(key)
            if (!answer) throw new Error('an essay was not prepared')
            const common = {
              schoolId,
              key: batchId,
              fileUploadId: event.fileUploadId,
              cause: causedBy(event),
            }
            const item = { batchId, runId, essayId, textHash }
            if ('error' in answer)
              return newEvent({ ...common, event: failed, data: { ...item, error: answer.error } })
            results.set(key, { textHash, fingerprint, result: answer.result })
            return newEvent({
              ...common,
              event: checked,
              data: { ...item, fingerprint, findings: options.countFindings(answer.result) },
            })
          })
          await insertChecks(tx, phase, schoolId, [...results.values()])
          await bus.publish(tx, facts)
        },
      }),
      onEvent({
        event: textsForgotten,
        handle: (tx, events) =>
          deleteChecks(
            tx,
            phase,
            events.flatMap((event) => event.data.textHashes),
          ),
      }),
    ],
  }
}

/** A phase's stored results as other services of the same process ask for them. */
export const createPhaseApi = <R>(database: Database, phase: Phase, engineVersion: string): PhaseApi<R> => ({
  phase,
  engineVersion,
  getChecks: async (schoolId: SchoolId, keys) => {
    if (keys.length === 0) return []
    const found = await database.transaction(schoolId, (tx) => findChecks<R>(tx, phase, keys))
    return keys.map((key) => found.get(keyName(key)) ?? null)
  },
  getParts: async <K extends keyof R & string>(schoolId: SchoolId, keys: readonly CheckKey[], part: K) => {
    if (keys.length === 0) return []
    const found = await database.transaction(schoolId, (tx) => findParts<R[K]>(tx, phase, keys, part))
    return keys.map((key) => found.get(keyName(key)) ?? null)
  },
})

/** Which of these texts the school has a result of this phase for, whatever its settings. */
export const listChecked = (
  database: Database,
  phase: Phase,
  schoolId: SchoolId,
  textHashes: readonly string[],
): Promise<Set<string>> => database.transaction(schoolId, (tx) => listCheckedTexts(tx, phase, textHashes))
