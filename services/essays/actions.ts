import type { BatchId, EssayId, FileUploadId, SchoolId } from '#contracts/common.ts'
import { slotAssigned, slotFreed, slotsExhausted, type ClaimAnswer } from '#contracts/essays.ts'
import { newEvent, TryLater, type Bus, type Cause, type NewEvent } from '#platform/bus/bus.ts'
import type { Config } from '#platform/config/config.ts'
import { behindSavepoint, type Database, type Tx } from '#platform/database/database.ts'
import { isUniqueViolation } from '#platform/errors.ts'
import { mint } from '#platform/ids.ts'
import { enqueueJob } from '#platform/jobs/jobs.ts'
import { eachOnce, judgeUnserved } from './slots.ts'
import * as store from './store.ts'

export interface EssaysDeps {
  database: Database
  bus: Bus
  config: Config
}

/** A file whose text is known and that wants a slot in its batch. */
export interface Wanting {
  fileUploadId: FileUploadId
  textHash: string
  words: number
  cause: Cause
}

export const freeJob = 'essays.free-slots'

/**
 * Claims slots for several files of one batch, in their order, and says which answer each got. What is said
 * on the log follows the rows: `already-assigned` says nothing, `contended` says nothing.
 */
export async function claimSlots(
  deps: Pick<EssaysDeps, 'bus'>,
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  files: readonly Wanting[],
): Promise<Map<FileUploadId, ClaimAnswer>> {
  const claimants = eachOnce(files).map((file) => ({ ...file, essayId: mint<EssayId>() }))
  const answers = new Map<FileUploadId, ClaimAnswer>()
  if (claimants.length === 0) return answers

  const claimed = await claimBehindSavepoint(tx, schoolId, batchId, claimants)
  if (claimed === 'already-assigned') {
    // Another transaction serves one of them at this moment: each is claimed alone.
    if (claimants.length === 1) return answers.set(claimants[0]!.fileUploadId, 'already-assigned')
    for (const file of claimants)
      for (const [id, answer] of await claimSlots(deps, tx, schoolId, batchId, [file]))
        answers.set(id, answer)
    return answers
  }

  const { held, taken } = claimed
  for (const id of held) answers.set(id, 'already-assigned')
  const served = new Map(taken.map((slot) => [slot.fileUploadId, slot]))
  const unserved = claimants.filter(
    ({ fileUploadId }) => !served.has(fileUploadId) && !held.has(fileUploadId),
  )
  // The batch's row is locked first, as `freeSlots` does: or a file would begin to wait while its slot frees.
  if (unserved.length > 0) await store.lockBatch(tx, batchId)
  const rest = unserved.length === 0 ? null : judgeUnserved(await store.countFree(tx, batchId))
  // No row was free any more: the last ones may have gone to these same files, claimed a second time elsewhere.
  const late = rest === 'exhausted' ? await findHolders(tx, batchId, unserved) : new Set<string>()
  const waiting =
    rest === 'exhausted'
      ? await store.insertWaiting(
          tx,
          schoolId,
          batchId,
          unserved.filter((file) => !late.has(file.fileUploadId)),
        )
      : new Set<string>()
  const events: NewEvent[] = claimants.flatMap((file) => {
    if (held.has(file.fileUploadId)) return []
    const common = { schoolId, key: batchId, fileUploadId: file.fileUploadId, cause: file.cause }
    const slot = served.get(file.fileUploadId)
    if (slot) {
      answers.set(file.fileUploadId, 'assigned')
      return [
        newEvent({
          ...common,
          event: slotAssigned,
          data: {
            batchId,
            essayId: slot.essayId,
            slot: slot.number,
            textHash: slot.textHash,
            words: slot.words,
          },
        }),
      ]
    }
    answers.set(file.fileUploadId, late.has(file.fileUploadId) ? 'already-assigned' : (rest ?? 'contended'))
    return waiting.has(file.fileUploadId)
      ? [newEvent({ ...common, event: slotsExhausted, data: { batchId } })]
      : []
  })
  await deps.bus.publish(tx, events)
  return answers
}

async function findHolders(
  tx: Tx,
  batchId: BatchId,
  files: readonly { fileUploadId: FileUploadId }[],
): Promise<Set<string>> {
  const held = await store.listOccupancies(
    tx,
    batchId,
    files.map((file) => file.fileUploadId),
  )
  return new Set(held.map((slot) => slot.fileUploadId))
}

async function claimBehindSavepoint(
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  claimants: readonly store.Claimant[],
): Promise<{ held: Set<FileUploadId>; taken: store.Occupancy[] } | 'already-assigned'> {
  try {
    return await behindSavepoint(tx, async () => {
      const rows = await store.claimFreeSlots(tx, batchId, claimants)
      const known = new Set(rows.map((row) => row.fileUploadId))
      const rest = claimants.filter((file) => !known.has(file.fileUploadId))
      const grown = rest.length > 0 ? await store.appendSlots(tx, schoolId, batchId, rest) : null
      return {
        held: new Set(rows.flatMap((row) => (row.held ? row.fileUploadId : []))),
        taken: [...rows.filter((row) => !row.held), ...(grown ?? [])],
      }
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return 'already-assigned'
  }
}

/** The same for the handler of an event: contention is passing, so the event comes again. */
export async function claimOrTryLater(
  deps: EssaysDeps,
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  files: readonly Wanting[],
): Promise<void> {
  const answers = await claimSlots(deps, tx, schoolId, batchId, files)
  if ([...answers.values()].includes('contended'))
    throw new TryLater('the free slots of the batch are being claimed')
}

/** A replacement whose text is read takes the slot of the file it replaces; without one it claims like any other. */
export async function replaceInSlot(
  deps: EssaysDeps,
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  replaced: FileUploadId,
  file: Wanting,
): Promise<void> {
  if ((await findHolders(tx, batchId, [file])).size > 0) return
  const claimant = { ...file, essayId: mint<EssayId>() }
  const before = await store.takeOver(tx, batchId, replaced, claimant)
  if (!before) return claimOrTryLater(deps, tx, schoolId, batchId, [file])
  await store.deleteWaiting(tx, [replaced])
  const common = { schoolId, key: batchId, cause: file.cause }
  await deps.bus.publish(tx, [
    newEvent({
      ...common,
      fileUploadId: replaced,
      event: slotFreed,
      data: { batchId, essayId: before.essayId, slot: before.number },
    }),
    newEvent({
      ...common,
      fileUploadId: file.fileUploadId,
      event: slotAssigned,
      data: {
        batchId,
        essayId: claimant.essayId,
        slot: before.number,
        textHash: file.textHash,
        words: file.words,
      },
    }),
  ])
}

/** The slots of removed files stay theirs for the time of undo; a job frees them after it. */
export async function reserveRemoved(
  deps: EssaysDeps,
  tx: Tx,
  schoolId: SchoolId,
  files: readonly FileUploadId[],
): Promise<void> {
  await store.deleteWaiting(tx, files)
  await store.insertRemoved(tx, schoolId, files)
  for (const { batchId, until } of await store.reserveSlots(tx, files, deps.config.undoSeconds))
    await enqueueJob(tx, freeJob, { schoolId, batchId }, { runAt: new Date(until.getTime() + 50) })
}

/** A restored file has its slot again while it is reserved; later it queues like a new one. */
export async function restoreToSlot(
  deps: EssaysDeps,
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  file: FileUploadId,
  text: { textHash: string; words: number } | null,
  cause: Cause,
): Promise<void> {
  await store.deleteRemoved(tx, file)
  const slot = await store.endReservation(tx, file)
  if (slot)
    await deps.bus.publish(tx, [
      newEvent({
        schoolId,
        key: batchId,
        fileUploadId: file,
        cause,
        event: slotAssigned,
        data: {
          batchId,
          essayId: slot.essayId,
          slot: slot.number,
          textHash: slot.textHash,
          words: slot.words,
        },
      }),
    ])
  else if (text) await claimOrTryLater(deps, tx, schoolId, batchId, [{ fileUploadId: file, ...text, cause }])
}

/** How many of those who wait are seated when a batch is opened: more than a batch can hold. */
const mostAtOnce = 100_000

/** More slots, or an open batch: those who wait take them, the longest first. */
export async function growBatch(
  deps: EssaysDeps,
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  capacity: number | null,
  cause: Cause,
): Promise<void> {
  await store.lockBatch(tx, batchId)
  if (!(await store.growBatch(tx, schoolId, batchId, capacity))) return
  const places = capacity === null ? mostAtOnce : await store.countFree(tx, batchId)
  const answers = await seatWaiting(deps, tx, schoolId, batchId, places, cause)
  if ([...answers.values()].includes('contended'))
    throw new TryLater('the new slots of the batch are being claimed')
}

async function seatWaiting(
  deps: EssaysDeps,
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  places: number,
  cause: Cause,
): Promise<Map<FileUploadId, ClaimAnswer>> {
  const waiting = await store.lockWaiting(tx, batchId, places)
  const files = waiting.map((file) => ({ ...file, cause }))
  const answers = await claimSlots(deps, tx, schoolId, batchId, files)
  // A claim that takes a free slot ends the wait itself; one that appends a slot does not.
  const seated = [...answers].flatMap(([id, answer]) => (answer === 'assigned' ? [id] : []))
  await store.deleteWaiting(tx, seated)
  return answers
}

/** Frees what is no longer reserved and gives it to those who wait, the longest first. */
export async function freeSlots(
  deps: EssaysDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  cause: Cause,
): Promise<void> {
  await deps.database.transaction(schoolId, async (tx) => {
    await store.lockBatch(tx, batchId)
    const freed = await store.freeExpired(tx, batchId)
    if (freed.length === 0) return
    await deps.bus.publish(
      tx,
      freed.map((slot) =>
        newEvent({
          schoolId,
          key: batchId,
          fileUploadId: slot.fileUploadId,
          cause,
          event: slotFreed,
          data: { batchId, essayId: slot.essayId, slot: slot.number },
        }),
      ),
    )
    await seatWaiting(deps, tx, schoolId, batchId, freed.length, cause)
  })
}
