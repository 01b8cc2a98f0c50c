import { expect, test } from 'vitest'
import type { UploadItem } from '#contracts/files.ts'
import { makeEssayText } from '#platform/testing/documents/essay.ts'
import { makeBrokenDocx } from '#platform/testing/documents/bad.ts'
import { makeZip } from '#platform/testing/documents/zip.ts'
import { textFile } from './client.ts'
import { startLocalProgram } from './local-process.ts'
import { startSystem, until } from './system.ts'

test('a zip is opened in its place, good and bad members each with their own line; one that does not open is one rejected item', async () => {
  const system = await startSystem()
  try {
    const { batchId } = await system.createBatch()
    const good = (seed: number): Buffer => Buffer.from(makeEssayText({ seed, words: 80, misspellings: 1 }))
    const zip = makeZip([
      { name: '9b/anna.txt', bytes: good(1) },
      { name: '9b/broken.docx', bytes: makeBrokenDocx() },
      { name: '../../escape.txt', bytes: good(2) },
      { name: '9b/anna.txt', bytes: good(3) },
      { name: '9b/empty.txt', bytes: Buffer.alloc(0) },
    ])
    const items = await system.upload(batchId, [
      { name: 'first.txt', bytes: good(4) },
      { name: 'class.zip', bytes: zip },
      { name: 'torn.zip', bytes: zip.subarray(0, zip.length / 2) },
      { name: 'nothing.zip', bytes: makeZip([]) },
      { name: 'last.txt', bytes: good(5) },
    ])
    expect([items[0]!.fileName, items.at(-1)!.fileName]).toEqual(['first.txt', 'last.txt'])
    const members = items.filter((item) => item.archive === 'class.zip')
    expect(members.map((item) => item.fileName)).toContain('9b/anna.txt')
    for (const name of ['torn.zip', 'nothing.zip']) {
      const [item] = items.filter((each) => each.fileName === name)
      expect([name, item?.state]).toEqual([name, 'rejected'])
      expect(item!.error).toMatchObject({
        code: expect.any(String),
        message: expect.any(String),
        remedy: expect.any(String),
      })
    }
    const { counts } = await system.settled(batchId)
    expect(counts.received).toBe(items.length)
    expect(counts.slotsUsed).toBeGreaterThanOrEqual(4)
    expect((await system.run(batchId)).outcome).toBe('succeeded')
    expect(await system.violations(items)).toEqual([])
  } finally {
    await system.stop()
  }
})

test('pages show every file once in each order, while others arrive; filters and search find what they say', async () => {
  const system = await startSystem()
  try {
    const { batchId } = await system.createBatch({ capacity: 25 })
    const make = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) =>
        textFile(
          `essay ${String((from + i) % 7)} 100%_${from + i}.txt`,
          `Essay ${from + i}. ${'word '.repeat((from + i) % 5)}`,
        ),
      )
    const items: UploadItem[] = await system.upload(batchId, make(0, 30))
    await system.settled(batchId)
    for (const sort of ['receivedAt', 'fileName', 'state', 'slot', 'words'])
      for (const order of ['asc', 'desc']) {
        const seen: string[] = []
        for (let cursor = '', pages = 0; ; pages++) {
          const page: { items: { fileUploadId: string }[]; nextCursor: string | null } = await system.json(
            'GET',
            `batches/${batchId}/files?limit=7&sort=${sort}&order=${order}${cursor}`,
          )
          seen.push(...page.items.map((file) => file.fileUploadId))
          if (pages === 1 && sort === 'receivedAt')
            items.push(...(await system.upload(batchId, make(items.length, 2))))
          if (page.nextCursor === null) break
          cursor = `&cursor=${page.nextCursor}`
        }
        expect(new Set(seen).size).toBe(seen.length)
        if (sort !== 'receivedAt') {
          await system.settled(batchId)
          expect([sort, order, seen.toSorted()]).toEqual([
            sort,
            order,
            items.map((item) => item.fileUploadId).toSorted(),
          ])
        } else for (const item of items.slice(0, 30)) expect(seen).toContain(item.fileUploadId)
        await system.settled(batchId)
      }
    expect(await system.files(batchId, '&q=100%25_7.')).toHaveLength(1)
    expect(await system.files(batchId, '&q=no%20such')).toEqual([])
    expect(await system.files(batchId, '&state=waiting-for-slot')).toHaveLength(items.length - 25)
    expect(await system.files(batchId, '&state=in-slot,waiting-for-slot')).toHaveLength(items.length)
    expect(await system.violations(items)).toEqual([])
  } finally {
    await system.stop()
  }
})

test('every subscription can be replayed from the beginning, and no row changes by it', async () => {
  const system = await startSystem({ undoSeconds: 1 })
  try {
    const { batchId } = await system.createBatch({ capacity: 4 })
    const items = await system.upload(batchId, [
      ...Array.from({ length: 6 }, (_, i) =>
        textFile(`${i}.txt`, makeEssayText({ seed: 50 + i, words: 60, misspellings: 1 })),
      ),
      { name: 'bad.docx', bytes: makeBrokenDocx() },
    ])
    await system.settled(batchId)
    await system.run(batchId)
    const [gone] = (await system.files(batchId)).filter((file) => file.slot === 2)
    await system.request('DELETE', `files/${gone!.fileUploadId}`)
    await until(
      () => system.batch(batchId),
      ({ counts }) => counts.removed === 1 && counts.slotsUsed === 4,
    )
    await system.run(batchId)
    expect(await system.violations(items)).toEqual([])

    const rowsOf = async (tables: string[]) => {
      const rows: Record<string, unknown[]> = {}
      for (const table of tables) {
        const volatile = table === 'results.batches' ? `- 'version'` : ''
        rows[table] = (
          await system.testDatabase.ownerPool.query<{ row: unknown }>(
            `select to_jsonb(t) ${volatile} as row from ${table} t order by 1`,
          )
        ).rows
      }
      return rows
    }
    const { rows: names } = await system.testDatabase.ownerPool.query<{ name: string }>(
      `select table_schema || '.' || table_name as name from information_schema.tables
       where table_schema in ('files', 'essays', 'batches', 'results', 'trace', 'spelling', 'language')`,
    )
    const tables = names.map(({ name }) => name)
    const before = await rowsOf(tables)
    const head = async () =>
      (await system.testDatabase.ownerPool.query<{ n: number }>('select count(*)::int as n from bus.events'))
        .rows[0]!.n
    const published = await head()
    // The phases' services are asked, and would answer again: a repeated answer changes no row of a run either.
    for (const name of ['files', 'essays', 'batches', 'results', 'trace', 'spelling', 'language']) {
      await system.server.bus.replayFromBeginning(name)
      await system.server.bus.whenQuiet(20_000)
      const after = await rowsOf(tables)
      for (const table of tables.filter((each) => !each.startsWith('trace.') || name === 'trace'))
        expect([name, table, after[table]]).toEqual([name, table, before[table]])
      if (name === 'trace') expect(await head()).toBe(published)
    }
    for (const name of ['results', 'trace'] as const) {
      // What the rebuilt results say once more is in the trace by then.
      await system.server.bus.whenQuiet(20_000)
      const own = tables.filter((table) => table.startsWith(`${name}.`))
      const rows = await rowsOf(own)
      await system.testDatabase.ownerPool.query(`truncate ${own.join(', ')}`)
      await system.server.bus.replayFromBeginning(name)
      await system.server.bus.whenQuiet(20_000)
      expect(await rowsOf(own)).toEqual(rows)
    }
  } finally {
    await system.stop()
  }
})

test('no essay, no file name, no title and no token is ever in the logs, even at the most talkative level', async () => {
  const canaries = ['Zyxwquartz', 'Brombeerfalke', 'Plimsoll-Nachtigall', 'Qwyjibo']
  const [text, name, title, prompt] = canaries as [string, string, string, string]
  const local = await startLocalProgram({ env: { ASSAY_LOG_LEVEL: 'trace' } })
  try {
    const { batchId } = await local.client.createBatch({ title, prompt: `Write about ${prompt}.` })
    await local.client.upload(batchId, [
      textFile(`${name}.txt`, `This essay speaks of ${text} and of nothing else.`),
      { name: `${name}.docx`, bytes: makeBrokenDocx() },
      { name: `${name}.zip`, bytes: Buffer.from(`PK\u0003\u0004 ${text}`) },
    ])
    const runId = await local.client.startRun(batchId)
    await until(
      () => local.client.getRun(runId),
      (run) => run.outcome !== null,
    )
    await local.client.getResults(batchId)
    await local.client.request('POST', 'batches', { body: { title: `${title} \u0000` } })
    await local.client.request('GET', `batches/${batchId}/files?q=${name}&sort=${text}`)
    process.kill((await local.postmaster())!, 'SIGKILL')
    await local.client.request('POST', `batches/${batchId}/files`, { body: { text } })
    await local.terminate()
    const log = local.program.stderr()
    expect(log).toContain('"level"')
    for (const canary of [...canaries, local.token])
      expect([canary, log.includes(canary)]).toEqual([canary, false])
  } finally {
    await local.remove()
  }
})
