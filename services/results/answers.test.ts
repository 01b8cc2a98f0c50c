import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BatchId, SchoolId } from '#contracts/common.ts'
import { UserId } from '#contracts/identity.ts'
import type { BatchResults } from '#contracts/results.ts'
import { limitsOf } from '#apps/server/limits.ts'
import { createHttp } from '#platform/http/http.ts'
import { mint } from '#platform/ids.ts'
import { createLog } from '#platform/observability/log.ts'
import { testDatabase, type TestDatabase } from '#platform/testing/databases.ts'
import { seededRandom } from '#platform/testing/documents/random.ts'
import { createBatchesApi } from '#services/batches/service.ts'
import { createFilesApi } from '#services/files/service.ts'
import { createLanguageApi } from '#services/language/service.ts'
import { createSpellingApi, loadLexicon } from '#services/spelling/service.ts'
import { Answers, withStamp } from './actions/answers.ts'
import type { ResultsDeps } from './actions/assemble.ts'
import { resultsRoutes } from './routes.ts'

let testing: TestDatabase
/** How often answers were put together: the one thing a kept answer must not do. */
let assembled = 0
let deps: ResultsDeps
beforeAll(async () => {
  testing = await testDatabase({ max: 8 })
  const { database } = testing
  const files = createFilesApi(database)
  deps = {
    database,
    files: {
      ...files,
      listFiles: (schoolId, batchId) => {
        assembled++
        return files.listFiles(schoolId, batchId)
      },
    },
    batches: createBatchesApi(database),
    spelling: createSpellingApi(database, loadLexicon()),
    language: createLanguageApi(database),
  }
})
afterAll(() => testing?.drop())

interface Planted {
  schoolId: SchoolId
  batchId: BatchId
  mark: string
}

/** A batch with three essays whose file names carry a mark that occurs nowhere else. */
async function plant(schoolId: SchoolId, mark: string): Promise<Planted> {
  const batchId = mint<BatchId>()
  const { ownerPool } = testing
  await ownerPool.query(
    `insert into batches.batches (batch_id, school_id, title, phases, locale, run_when_quiet, created_at)
     values ($1, $2, $3, '{spelling}', 'en-GB', false, now())`,
    [batchId, schoolId, `batch of ${mark}`],
  )
  for (let slot = 1; slot <= 3; slot++)
    await ownerPool.query(
      `insert into files.uploads (file_upload_id, school_id, batch_id, file_name, size_bytes, state, words, slot, essay_id, received_at)
       values ($1, $2, $3, $4, 1, 'in-slot', 0, $5, $6, now())`,
      [mint(), schoolId, batchId, `${mark} ${slot}.txt`, slot, mint()],
    )
  return { schoolId, batchId, mark }
}

/** What the owners and the projection write when something of a batch changes: its words, and its version. */
const write = ({ schoolId, batchId }: Planted, words: number): Promise<unknown> =>
  testing.ownerPool.query(
    `with changed as (update files.uploads set words = $3 where batch_id = $2)
     insert into results.batches (batch_id, school_id, version) values ($2, $1, 1)
     on conflict (batch_id) do update set version = results.batches.version + 1`,
    [schoolId, batchId, words],
  )

test('an answer is put together once, kept, and put together again only after something has changed', async () => {
  const batch = await plant(mint<SchoolId>(), 'once')
  const answers = new Answers(deps)
  const ask = async (view: 'summary' | 'class' = 'summary') => {
    const version = await answers.findVersion(batch.schoolId, batch.batchId)
    const { body } = await answers.read(batch.schoolId, batch.batchId, view, version)
    return JSON.parse(body.toString()) as BatchResults
  }
  const counted = async (work: () => Promise<unknown>) => {
    const before = assembled
    await work()
    return assembled - before
  }
  expect(await counted(ask)).toBe(1)
  expect(await counted(ask)).toBe(0)
  await write(batch, 7)
  expect(await counted(ask)).toBe(1)
  expect((await ask()).essays.map((essay) => essay.words)).toEqual([7, 7, 7])
  expect(await counted(ask)).toBe(0)
  // A file that is removed changes what `files` says before anybody has heard of it.
  await testing.ownerPool.query(
    `update files.uploads set state = 'removed' where batch_id = $1 and slot = 2`,
    [batch.batchId],
  )
  expect((await ask()).essays).toHaveLength(2)
  expect(await counted(() => ask('class'))).toBe(1)
  expect(await counted(() => ask('class'))).toBe(0)
  expect(await counted(ask)).toBe(0)
})

test('those who ask while an answer is being put together wait for the same one', async () => {
  const batch = await plant(mint<SchoolId>(), 'together')
  const answers = new Answers(deps)
  const version = await answers.findVersion(batch.schoolId, batch.batchId)
  const before = assembled
  const bodies = await Promise.all(
    Array.from({ length: 20 }, () => answers.read(batch.schoolId, batch.batchId, 'full', version)),
  )
  expect(assembled - before).toBe(1)
  expect(new Set(bodies.map(({ body }) => body)).size).toBe(1)
})

test('what is kept stays within its limit; what was asked for longest ago goes first', async () => {
  const school = mint<SchoolId>()
  const batches = [await plant(school, 'first'), await plant(school, 'second'), await plant(school, 'third')]
  const sizeOf = async (answers: Answers, { schoolId, batchId }: Planted) => {
    const version = await answers.findVersion(schoolId, batchId)
    const before = assembled
    const { body } = await answers.read(schoolId, batchId, 'summary', version)
    return { bytes: body.length, fresh: assembled - before === 1 }
  }
  const { bytes } = await sizeOf(new Answers(deps), batches[0]!)
  const answers = new Answers(deps, { bytes: Math.ceil(bytes * 2.5) })
  const fresh: boolean[] = []
  for (const i of [0, 1, 0, 2, 0, 1]) fresh.push((await sizeOf(answers, batches[i]!)).fresh)
  expect(fresh).toEqual([true, true, false, true, false, true])
  const tiny = new Answers(deps, { bytes: 10 })
  expect(await sizeOf(tiny, batches[0]!)).toMatchObject({ fresh: true })
  expect(await sizeOf(tiny, batches[0]!)).toMatchObject({ fresh: true })
})

test('a stamp before the fields of an answer changes nothing else of it', () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 2 }), fc.nat(), (fields, seq) => {
      const plain = { batchId: 'ü "x"', ...(JSON.parse(JSON.stringify(fields)) as object) }
      const stamp = { epoch: 'e"\\', seq }
      const body = Buffer.from(JSON.stringify(plain))
      expect(JSON.parse(withStamp(body, stamp).toString())).toEqual({ ...stamp, ...plain })
      expect(withStamp(body, {})).toBe(body)
    }),
  )
})

test(
  '50 readers and writers of two schools: nobody is shown another school, or what was already changed',
  { timeout: 240_000 },
  async () => {
    const [one, other] = [mint<SchoolId>(), mint<SchoolId>()]
    const planted = [await plant(one, 'canary-amsel'), await plant(other, 'canary-bussard')]
    const app = await createHttp({
      log: createLog({ level: 'error' }),
      addresses: { port: () => port, mode: 'laptop', origins: [] },
      mayReach: async () => ({ reached: true }),
      limits: limitsOf('laptop'),
      access: {
        'GET /batches/:batchId/results': { teacher: 'own' },
        'GET /batches/:batchId/class': { teacher: 'own' },
        'GET /batches/:batchId/rows': { teacher: 'own' },
        'GET /batches/:batchId/export': { teacher: 'own' },
        'GET /essays/:essayId': { teacher: 'own' },
        'GET /api/openapi.json': 'open',
      },
      authenticate: async (headers) => ({
        userId: UserId.parse('00000000-0000-7000-8000-000000000009'),
        schoolId: headers.authorization as SchoolId,
        roles: ['teacher'],
        credential: 'session',
        sessionId: null,
        expiresAt: null,
      }),
    })
    resultsRoutes(deps)(app)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const address = app.server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    /** The last number whose write has committed, by school: an answer asked for later says at least that. */
    const written = new Map([
      [one, 0],
      [other, 0],
    ])
    const random = seededRandom(4)
    const plans = Array.from({ length: 50 }, (_, i) => ({
      mine: planted[i % 2]!,
      foreign: planted[(i + 1) % 2]!,
      deeds: Array.from({ length: 14 }, () =>
        random.pick(['write', 'summary', 'summary', 'full', 'class', 'foreign', 'again'] as const),
      ),
    }))
    const ask = (batchId: string, schoolId: string, view: string, headers: Record<string, string> = {}) =>
      fetch(
        `http://127.0.0.1:${port}/batches/${batchId}/${view === 'class' ? 'class' : `results?view=${view}`}`,
        { headers: { authorization: schoolId, ...headers } },
      )
    // One writer at a time a school, as one row of `results.batches` makes them: numbers then grow as they commit.
    const turn = new Map<SchoolId, Promise<void>>()
    const follow = async ({ mine, foreign, deeds }: (typeof plans)[number]): Promise<void> => {
      /** The tag of the last summary and the number it showed. */
      let told = { etag: '', words: -1 }
      for (const deed of deeds) {
        if (deed === 'write') {
          const next = (turn.get(mine.schoolId) ?? Promise.resolve()).then(async () => {
            const number = written.get(mine.schoolId)! + 1
            await write(mine, number)
            written.set(mine.schoolId, number)
          })
          turn.set(mine.schoolId, next)
          await next
          continue
        }
        const before = written.get(mine.schoolId)!
        if (deed === 'foreign') {
          const answer = await ask(foreign.batchId, mine.schoolId, 'summary', {
            'if-none-match': told.etag,
          })
          expect([answer.status, (await answer.text()).includes('canary')]).toEqual([404, false])
          continue
        }
        const view = deed === 'again' ? 'summary' : deed
        const answer = await ask(
          mine.batchId,
          mine.schoolId,
          view,
          deed === 'again' ? { 'if-none-match': told.etag } : {},
        )
        if (answer.status === 304) {
          expect(told.words).toBeGreaterThanOrEqual(before)
          continue
        }
        const text = await answer.text()
        expect(answer.status).toBe(200)
        expect(text).toContain(mine.mark)
        expect(text).not.toContain(foreign.mark)
        const words = (JSON.parse(text) as BatchResults).essays.map((essay) => essay.words)
        expect(Math.min(...words)).toBeGreaterThanOrEqual(before)
        expect(new Set(words).size).toBe(1)
        if (view === 'summary') told = { etag: answer.headers.get('etag')!, words: words[0]! }
      }
    }
    try {
      await Promise.all(plans.map(follow))
      expect([...written.values()].every((count) => count > 20)).toBe(true)
      for (const { batchId, schoolId } of planted) {
        const etag = (await ask(batchId, schoolId, 'summary')).headers.get('etag')!
        const same = () => ask(batchId, schoolId, 'summary', { 'if-none-match': etag })
        expect((await same()).status).toBe(304)
        await write({ schoolId, batchId, mark: '' }, 0)
        expect((await same()).status).toBe(200)
      }
    } finally {
      await app.close()
    }
  },
)
