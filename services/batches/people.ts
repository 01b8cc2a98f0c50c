import { batchShared, batchUnshared, type BatchPeople } from '#contracts/batches.ts'
import type { BatchId, SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import { newEvent, type Cause } from '#platform/bus/bus.ts'
import { AppError, notFound } from '#platform/errors.ts'
import type { BatchesDeps } from './actions.ts'
import { deleteShare, insertShare, listShares, lockBatch } from './changes-store.ts'
import * as store from './store.ts'

/** The owner first, then those it is shared with, the earliest first. Who has left the school is not listed. */
export async function listPeople(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batchId: BatchId,
): Promise<BatchPeople> {
  const { ownerId, shared } = await deps.database.transaction(schoolId, async (tx) => {
    const batch = await store.findBatch(tx, batchId)
    if (!batch) throw notFound('batch')
    return { ownerId: batch.ownerId, shared: await listShares(tx, batchId) }
  })
  const ids = [...(ownerId ? [ownerId] : []), ...shared.filter((userId) => userId !== ownerId)]
  const people = await Promise.all(ids.map((userId) => deps.people.findPerson(schoolId, userId)))
  return {
    items: people.flatMap((person) =>
      person ? [{ userId: person.userId, name: person.name, owner: person.userId === ownerId }] : [],
    ),
    nextCursor: null,
  }
}

/** Shares the batch with a teacher or administrator of the same school. Once is as good as twice. */
export async function shareBatch(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  userId: UserId,
  cause: Cause,
): Promise<void> {
  const person = await deps.people.findPerson(schoolId, userId)
  await deps.database.transaction(schoolId, async (tx) => {
    const batch = await lockBatch(tx, batchId)
    if (!batch || batch.removed) throw notFound('batch')
    if (!person || person.disabled) throw notFound('person')
    if (!person.roles.some((role) => role === 'teacher' || role === 'admin'))
      throw new AppError(
        'validation-failed',
        'A batch is shared with teachers. This person is none, so could not open it.',
        { errors: [{ path: 'params.userId', message: 'is not a teacher' }] },
      )
    if (userId === batch.ownerId || !(await insertShare(tx, schoolId, batchId, userId))) return
    await deps.bus.publish(tx, [
      newEvent({ schoolId, key: batchId, event: batchShared, cause, data: { batchId, userId } }),
    ])
  })
}

/** Ends a share: the person no longer finds the batch. */
export async function unshareBatch(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  userId: UserId,
  cause: Cause,
): Promise<void> {
  await deps.database.transaction(schoolId, async (tx) => {
    const batch = await lockBatch(tx, batchId)
    if (!batch || batch.removed) throw notFound('batch')
    if (!(await deleteShare(tx, batchId, userId))) return
    await deps.bus.publish(tx, [
      newEvent({ schoolId, key: batchId, event: batchUnshared, cause, data: { batchId, userId } }),
    ])
  })
}
