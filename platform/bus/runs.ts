import type { Envelope } from '#contracts/event.ts'
import type { EventHandler, LoggedEvent, Subscription } from '#platform/bus/bus.ts'
import { Unparsable } from '#platform/bus/errors.ts'
import type { LogRecord } from '#platform/bus/store.ts'
import type { Tx } from '#platform/database/database.ts'

/** Consecutive events of one type and one school, and what is to be done with them. */
export interface Run {
  school: string
  prepare: () => Promise<unknown>
  handle: (tx: Tx, prepared: unknown) => Promise<void>
}

export const toEvent = (record: LogRecord): LoggedEvent => ({
  id: record.id as LoggedEvent['id'],
  type: record.type,
  version: record.version,
  schoolId: record.schoolId as LoggedEvent['schoolId'],
  key: record.key,
  ...(record.fileUploadId
    ? { fileUploadId: record.fileUploadId as NonNullable<LoggedEvent['fileUploadId']> }
    : {}),
  ...record.rest,
  seq: record.seq,
})

/** Throws `Unparsable` when the event's own definition does not accept it. */
function parseEvent(record: LogRecord, handler: EventHandler): Envelope {
  const parsed = handler.event.data.safeParse(record.rest.data)
  if (parsed.success) return { ...toEvent(record), data: parsed.data } as Envelope
  const where = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(data)'} ${issue.code}`)
  throw new Unparsable(`${record.type} v${record.version} does not fit its definition: ${where.join(', ')}`)
}

/** A batch in the order of the log, as the handlers are given it. */
export function groupRuns(subscription: Subscription, records: readonly LogRecord[]): Run[] {
  const runs: Run[] = []
  for (let from = 0; from < records.length;) {
    const first = records[from] as LogRecord
    let to = from + 1
    while (to < records.length) {
      const next = records[to] as LogRecord
      if (next.schoolId !== first.schoolId || (!subscription.everything && next.type !== first.type)) break
      to += 1
    }
    runs.push(toRun(subscription, records.slice(from, to)))
    from = to
  }
  return runs
}

function toRun(subscription: Subscription, records: LogRecord[]): Run {
  const { schoolId: school, type } = records[0] as LogRecord
  const { everything, prepareEverything } = subscription
  if (everything) {
    const events = records.map(toEvent)
    return {
      school,
      prepare: async () => prepareEverything?.(events),
      handle: (tx, prepared) => everything(tx, events, prepared),
    }
  }
  const handler = subscription.handlers.find((each) => each.event.type === type)
  if (!handler) throw new Unparsable(`nothing in ${subscription.name} handles ${type}`)
  const events = records.map((record) => parseEvent(record, handler))
  return {
    school,
    prepare: async () => handler.prepare?.(events),
    handle: (tx, prepared) => handler.handle(tx, events, prepared),
  }
}

/** A batch whose slow work is done: what is left belongs in its transaction. */
export interface Prepared {
  run: Run
  prepared: unknown
}

/** So many runs of a batch are prepared at once. */
const abreast = 4

/** Does the slow work of a batch, outside any transaction. */
export async function prepareRuns(runs: readonly Run[], limitMs: number): Promise<Prepared[]> {
  const done: Prepared[] = []
  let next = 0
  const work = async () => {
    while (next < runs.length) {
      const at = next
      next += 1
      const run = runs[at] as Run
      done[at] = { run, prepared: await run.prepare() }
    }
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`preparing took longer than ${limitMs / 1000} s`)), limitMs)
  })
  const all = Promise.all(Array.from({ length: Math.min(abreast, runs.length) }, work))
  try {
    await Promise.race([all, late])
    return done
  } finally {
    clearTimeout(timer)
    all.catch(() => {})
  }
}
