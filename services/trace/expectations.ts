// What must follow an event of a file, by whom, and until when; and what each event puts an end to.
// From the main flow of the design: no wait without a deadline.
// A file that waits for a slot expects nothing: only the teacher can end that.
import { Phase } from '#contracts/common.ts'

export interface Expected {
  /** The event that is waited for; its service is the part before the dot. */
  event: string
  withinSeconds: number
}

const reading: Expected = { event: 'files.text-extracted', withinSeconds: 300 }
const slot: Expected = { event: 'essays.slot-assigned', withinSeconds: 60 }
const checked = (phase: Phase): Expected => ({ event: `${phase}.essay-checked`, withinSeconds: 600 })

interface Rule {
  expects?: (data: Record<string, unknown>) => Expected
  /** Expectations that this event ends; `all` for an end of the file's way. */
  ends?: readonly string[] | 'all'
}

const rules: Readonly<Record<string, Rule>> = {
  'files.file-received': { expects: () => reading },
  'files.text-extracted': { ends: [reading.event], expects: () => slot },
  'files.file-rejected': { ends: 'all' },
  'files.file-removed': { ends: 'all' },
  'files.file-restored': { expects: (data) => (data.textHash === null ? reading : slot) },
  'essays.slot-assigned': { ends: [slot.event] },
  'essays.slots-exhausted': { ends: [slot.event] },
  ...Object.fromEntries(
    Phase.options.flatMap((phase): [string, Rule][] => [
      [`${phase}.check-requested`, { expects: () => checked(phase) }],
      [`${phase}.essay-checked`, { ends: [checked(phase).event] }],
      [`${phase}.essay-failed`, { ends: [checked(phase).event] }],
    ]),
  ),
  'batches.check-timed-out': { ends: Phase.options.map((phase) => checked(phase).event) },
}

export const expectationOf = (type: string, data: Record<string, unknown>): Expected | null =>
  rules[type]?.expects?.(data) ?? null

export const endedBy = (type: string): readonly string[] | 'all' => rules[type]?.ends ?? []

/** What is open for each file after these events, in order: an event can end what an earlier one began. */
export function settleExpectations<
  E extends { type: string; data: unknown; fileUploadId?: string | undefined; occurredAt: string },
>(
  events: readonly E[],
): Map<string, { ended: Set<string> | 'all'; open: Map<string, { since: string; dueAt: string }> }> {
  const files = new Map<
    string,
    { ended: Set<string> | 'all'; open: Map<string, { since: string; dueAt: string }> }
  >()
  for (const event of events) {
    if (event.fileUploadId === undefined) continue
    const file = files.get(event.fileUploadId) ?? { ended: new Set<string>(), open: new Map() }
    files.set(event.fileUploadId, file)
    const ended = endedBy(event.type)
    if (ended === 'all') {
      file.ended = 'all'
      file.open.clear()
    } else
      for (const name of ended) {
        file.open.delete(name)
        if (file.ended !== 'all') file.ended.add(name)
      }
    const expected = expectationOf(event.type, (event.data ?? {}) as Record<string, unknown>)
    if (expected) {
      const dueAt = new Date(Date.parse(event.occurredAt) + expected.withinSeconds * 1000).toISOString()
      file.open.set(expected.event, { since: event.occurredAt, dueAt })
    }
  }
  return files
}
