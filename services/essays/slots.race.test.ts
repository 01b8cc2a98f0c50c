import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BatchId, FileUploadId, SchoolId } from '#contracts/common.ts'
import { slotAssigned, type ClaimAnswer } from '#contracts/essays.ts'
import { newEvent, TryLater } from '#platform/bus/bus.ts'
import { createPostgresBus, type PostgresBus } from '#platform/bus/postgres-bus.ts'
import { readConfig } from '#platform/config/config.ts'
import type { Tx } from '#platform/database/database.ts'
import { programCause } from '#platform/http/http.ts'
import { mint, sha256 } from '#platform/ids.ts'
import { testDatabase, type TestDatabase } from '#platform/testing/databases.ts'
import { seededRandom } from '#platform/testing/documents/random.ts'
import { findViolations } from '#platform/testing/invariants.ts'
import {
  claimSlots,
  freeSlots,
  replaceInSlot,
  reserveRemoved,
  restoreToSlot,
  type Wanting,
} from './actions.ts'
import * as store from './store.ts'

const capacity = 15
const fileCount = 30
/** Connections that claim at the same time in one batch, and batches that are run at the same time. */
const claimers = 3
const abreast = 2
const seedCount = Number(process.env.ASSAY_RACE_SEEDS ?? 1000)

let testing: TestDatabase
let bus: PostgresBus
const school = mint<SchoolId>()
beforeEach(async () => {
  testing = await testDatabase({ max: claimers * abreast + 1 })
  bus = createPostgresBus({ database: testing.database })
})
afterEach(() => testing?.drop())

type Claim = (tx: Tx, batchId: BatchId, files: readonly Wanting[]) => Promise<Map<FileUploadId, ClaimAnswer>>

const rightClaim: Claim = (tx, batchId, files) => claimSlots({ bus }, tx, school, batchId, files)

/** What a rolled-back transaction was rolled back for. */
class Cut extends Error {}

interface Race {
  batchId: BatchId
  /** Files that are in a slot or wait for one at the end. */
  live: number
  held: number
  waiting: number
  answers: ClaimAnswer[]
}

/**
 * One batch: 30 files in random groups, some twice, over connections that claim at the same time; some
 * transactions are cut before they commit. With `mixed`, files are removed, restored and replaced meanwhile.
 */
async function race(seed: number, mixed: boolean, claim: Claim = rightClaim): Promise<Race> {
  const random = seededRandom(seed)
  const { database } = testing
  const deps = { database, bus, config: readConfig({ undoSeconds: 1 }, {}) }
  const batchId = mint<BatchId>()
  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.transaction(school, work)
  await within((tx) => store.insertBatches(tx, school, [{ batchId, capacity }]))

  const made = (): Wanting => {
    const fileUploadId = mint<FileUploadId>()
    return { fileUploadId, textHash: sha256(fileUploadId), words: 300, cause: programCause() }
  }
  const files = Array.from({ length: fileCount }, made)
  const live = new Set<string>(files.map((file) => file.fileUploadId))
  const answers: ClaimAnswer[] = []

  async function claimGroup(group: readonly Wanting[], isCut: boolean): Promise<void> {
    let cut = isCut
    for (let wanting = group; wanting.length > 0;) {
      const said = await within(async (tx) => {
        const given = await claim(tx, batchId, wanting)
        if (!cut) return given
        cut = false
        throw new Cut()
      }).catch((error: unknown) => {
        if (error instanceof Cut) return null
        // A planted claim may lock rows in any order; it is tried again, as the log would. The right one never meets this.
        if (claim !== rightClaim && (error as { code?: string }).code === '40P01') return null
        throw error
      })
      if (said === null) continue
      answers.push(...said.values())
      wanting = wanting.filter((file) => said.get(file.fileUploadId) === 'contended')
    }
  }

  async function again(work: (tx: Tx) => Promise<void>): Promise<void> {
    for (;;) {
      const done = await within(work).then(
        () => true,
        (error: unknown) => {
          if (error instanceof TryLater) return false
          throw error
        },
      )
      if (done) return
    }
  }

  /** The undo time of what is reserved passes at once. */
  const letUndoPass = async (): Promise<void> => {
    await within((tx) =>
      sql`update essays.slots set reserved_until = now() where batch_id = ${batchId} and reserved_until is not null`.execute(
        tx,
      ),
    )
    await freeSlots(deps, school, batchId, programCause())
  }

  async function change(file: Wanting, kind: string): Promise<void> {
    if (kind === 'replace') {
      const next = made()
      live.add(next.fileUploadId)
      await again((tx) => replaceInSlot(deps, tx, school, batchId, file.fileUploadId, next))
      live.delete(file.fileUploadId)
      await within((tx) => reserveRemoved(deps, tx, school, [file.fileUploadId]))
      return
    }
    await within((tx) => reserveRemoved(deps, tx, school, [file.fileUploadId]))
    if (kind === 'restore later') await letUndoPass()
    if (kind === 'remove') live.delete(file.fileUploadId)
    else await again((tx) => restoreToSlot(deps, tx, school, batchId, file.fileUploadId, file, file.cause))
  }

  const work: (() => Promise<void>)[] = []
  const kinds = ['remove', 'remove', 'restore', 'restore later', 'replace']
  for (let at = 0; at < files.length;) {
    const group = files.slice(at, (at += 1 + random.below(8)))
    const changes = group
      .filter(() => mixed && random.next() < 0.3)
      .map((file) => [file, random.pick(kinds)] as const)
    const cut = random.next() < 0.15
    work.push(async () => {
      await claimGroup(group, cut)
      for (const [file, kind] of changes) await change(file, kind)
    })
    // Delivered twice, or retried by someone who did not hear the answer. A removed file's claim is not.
    if (random.next() < 0.4 && changes.length === 0) {
      const repeated = group.filter(() => random.next() < 0.8)
      work.push(() => claimGroup(repeated, false))
    }
  }
  const order = random.shuffle(work)
  await Promise.all(
    Array.from({ length: claimers }, async () => {
      for (let next = order.shift(); next; next = order.shift()) await next()
    }),
  )
  for (let rounds = 0; mixed && rounds < 2; rounds++) await letUndoPass()

  const { rows } = await testing.ownerPool.query<{ held: number; waiting: number }>(
    `select (select count(distinct file_upload_id) from essays.slots where batch_id = $1)::int as held,
      (select count(*) from essays.waiting where batch_id = $1)::int as waiting`,
    [batchId],
  )
  return { batchId, live: live.size, ...rows[0]!, answers }
}

/** Runs seeds a few at a time; what is wrong with one is said with its seed. */
async function raceSeeds(
  seeds: readonly number[],
  mixed: (seed: number) => boolean,
  claim?: Claim,
): Promise<{ wrong: string[]; answers: Set<ClaimAnswer> }> {
  const wrong: string[] = []
  const answers = new Set<ClaimAnswer>()
  const left = [...seeds]
  await Promise.all(
    Array.from({ length: abreast }, async () => {
      for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
        const result = await race(seed, mixed(seed), claim)
        for (const answer of result.answers) answers.add(answer)
        const slots = Math.min(capacity, result.live)
        if (result.held !== slots || result.waiting !== result.live - slots)
          wrong.push(
            `seed ${seed}: of ${result.live} files ${result.held} hold a slot and ${result.waiting} wait`,
          )
      }
    }),
  )
  wrong.push(...(await findViolations({ owner: testing.ownerPool })))
  return { wrong, answers }
}

test('30 files for 15 slots get exactly 15, over 1,000 seeds, whoever claims, repeats, is cut, removed or replaced', async () => {
  const seeds = Array.from({ length: seedCount }, (_, i) => i + 1)
  const { wrong, answers } = await raceSeeds(seeds, (seed) => seed % 4 === 0)
  expect(wrong).toEqual([])
  // The schedules have really met each of the four answers.
  expect([...answers].sort()).toEqual(['already-assigned', 'assigned', 'contended', 'exhausted'])
}, 180_000)

test('a claim that looks before it leaps is caught: two files are given one slot', async () => {
  const looksFirst: Claim = async (tx, batchId, files) => {
    const answers = new Map<FileUploadId, ClaimAnswer>()
    for (const file of files) {
      const { rows } = await sql<{ number: number }>`select number from essays.slots
        where batch_id = ${batchId} and file_upload_id is null order by number limit 1`.execute(tx)
      const slot = rows[0]?.number
      answers.set(file.fileUploadId, slot === undefined ? 'exhausted' : 'assigned')
      if (slot === undefined) await store.insertWaiting(tx, school, batchId, [{ ...file, essayId: mint() }])
      else {
        const essayId = mint<never>()
        await sql`update essays.slots set file_upload_id = ${file.fileUploadId}, essay_id = ${essayId}, text_hash = ${file.textHash},
          words = 1 where batch_id = ${batchId} and number = ${slot}`.execute(tx)
        const { fileUploadId, textHash, words, cause } = file
        await bus.publish(tx, [
          newEvent({
            schoolId: school,
            key: batchId,
            fileUploadId,
            cause,
            event: slotAssigned,
            data: { batchId, essayId, slot, textHash, words },
          }),
        ])
      }
    }
    return answers
  }
  const { wrong } = await raceSeeds([1, 2, 3], () => false, looksFirst).catch((error: Error) => ({
    wrong: [error.message],
  }))
  expect(wrong.join('\n')).toMatch(/one occupancy at a time|hold a slot|duplicate key/)
})

test('a claim that counts what came back is caught: a file waits for ever beside a free slot', async () => {
  const countsAnswers: Claim = async (tx, batchId, files) => {
    const answers = await claimSlots({ bus }, tx, school, batchId, files)
    for (const [id, answer] of answers)
      if (answer === 'contended') {
        answers.set(id, 'exhausted')
        await store.insertWaiting(tx, school, batchId, [
          { ...files.find((file) => file.fileUploadId === id)!, essayId: mint() },
        ])
      }
    return answers
  }
  // One seed that shows it every time: the last slot is claimed, and that claim is cut after the other was told.
  const { database } = testing
  const batchId = mint<BatchId>()
  const [first, second] = [0, 1].map((): Wanting => {
    const fileUploadId = mint<FileUploadId>()
    return { fileUploadId, textHash: sha256(fileUploadId), words: 300, cause: programCause() }
  })
  await database.transaction(school, (tx) => store.insertBatches(tx, school, [{ batchId, capacity: 1 }]))
  const told = async (claim: Claim): Promise<ClaimAnswer | undefined> => {
    let answer: ClaimAnswer | undefined
    const cut = database.transaction(school, async (tx) => {
      await rightClaim(tx, batchId, [first!])
      const said = await database.transaction(school, (other) => claim(other, batchId, [second!]))
      answer = said.get(second!.fileUploadId)
      throw new Cut()
    })
    await expect(cut).rejects.toThrow(Cut)
    return answer
  }
  expect(await told(rightClaim)).toBe('contended')
  expect(await told(countsAnswers)).toBe('exhausted')
  const { rows } = await testing.ownerPool.query(
    `select from essays.waiting w join essays.slots s using (batch_id) where s.file_upload_id is null`,
  )
  expect(rows).toHaveLength(1)
  const violations = await findViolations({ owner: testing.ownerPool, quiet: true })
  expect(violations.join('\n')).toContain('waits while slot 1 is free')
})
