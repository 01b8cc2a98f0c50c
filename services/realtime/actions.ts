import type { SchoolId } from '#contracts/common.ts'
import type { Bus } from '#platform/bus/bus.ts'
import type { Database } from '#platform/database/database.ts'
import * as store from './store.ts'

/** A person's notifications are kept so long, and so many. */
const keptDays = 30
const keptCount = 10_000

/** Lets go of what is older, or more, than is kept: a client that comes back after that fetches its pages anew. */
export async function pruneStreams(database: Database, schoolId: SchoolId, now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - keptDays * 24 * 60 * 60 * 1000)
  const people = await database.transaction(schoolId, (tx) => store.listOvergrown(tx, keptCount, before))
  for (const userId of people) {
    let more = true
    while (more)
      more = await database.transaction(schoolId, (tx) => store.deleteOldest(tx, userId, keptCount, before))
  }
}

/**
 * Begins a new epoch and learns again from the log who is told of what. What happened until now is not told a
 * second time: every client fetches its pages anew.
 */
export async function rebuildStreams(database: Database, bus: Bus): Promise<void> {
  await store.createStreamStore(database).beginAnew()
  await bus.replayFromBeginning('realtime')
}
