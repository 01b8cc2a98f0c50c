import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mint } from '#platform/ids.ts'
import { listEventDefinitions } from '#contracts/event.ts'
import { arbitraryOf } from '#contracts/testing/arbitrary.ts'
import type { BatchId, SchoolId } from '#contracts/common.ts'
import { newEvent, onEvent } from '#platform/bus/bus.ts'
import { createPostgresBus } from '#platform/bus/postgres-bus.ts'
import { programCause } from '#platform/http/http.ts'
import { testDatabase, type TestDatabase } from '#platform/testing/databases.ts'
import { listEvents, renderEvents } from './events.ts'

/** Said and heard by the program's own health check, which is no service. */
const ownEvents = new Set(['health.sentinel-sent'])

test('each event has exactly one author, and a handler besides the projections that hear everything', () => {
  const rows = listEvents().filter((row) => !ownEvents.has(row.type))
  expect(rows.length).toBeGreaterThan(15)
  for (const row of rows) {
    expect([row.type, row.says.length]).toEqual([row.type, 1])
    expect(row.hears, row.type).toContain('trace')
    expect(row.hears, row.type).toContain('results')
  }
})

test('an event is said by the service it is named after; only batches asks other services', () => {
  for (const { type, says } of listEvents().filter((row) => !ownEvents.has(row.type)))
    expect(says, type).toEqual([type.endsWith('.check-requested') ? 'batches' : type.split('.')[0]])
})

test('a service publishes nothing that it does not say, and says nothing that it never publishes', async () => {
  const services = fileURLToPath(new URL('../../services', import.meta.url))
  const platform = fileURLToPath(new URL('../../platform/phases', import.meta.url))
  const contracts: Record<string, unknown> = Object.assign(
    {},
    ...(await Promise.all(
      ['files', 'essays', 'batches'].map((name) => import(`../../contracts/${name}.ts`)),
    )),
  )
  for (const name of ['files', 'essays', 'batches']) {
    const folder = `${services}/${name}`
    const sources = (await readdir(folder)).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
    )
    const text = (await Promise.all(sources.map((file) => readFile(`${folder}/${file}`, 'utf8')))).join('\n')
    // `event: slotAssigned, cause` is how something is published; `event: slotAssigned, handle` how it is heard.
    const published = new Set(
      [...text.matchAll(/event: ([A-Za-z]+),(?!\s*(?:handle|prepare))/g)].map((match) => match[1]!),
    )
    published.delete('event')
    const types = [...published].flatMap((identifier) => {
      const definition = contracts[identifier] as { type: string } | undefined
      return definition?.type ? [definition.type] : []
    })
    const said = listEvents().filter(
      (row) => row.says.includes(name) && !row.type.endsWith('.check-requested'),
    )
    expect(types.sort(), name).toEqual(said.map((row) => row.type).sort())
  }
  expect(await readFile(`${platform}/phase.ts`, 'utf8')).toMatch(
    /event: checked[\s\S]*event: failed|event: failed[\s\S]*event: checked/,
  )
})

test('docs/events.md is what the contracts and the services say', async () => {
  const committed = await readFile(new URL('../../docs/events.md', import.meta.url), 'utf8')
  expect(committed).toBe(renderEvents(listEvents()))
})

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database?.drop())

test('whatever a contract accepts comes back from the real log as it went in', async () => {
  const received = new Map<string, unknown>()
  const definitions = listEventDefinitions()
  const bus = createPostgresBus({ database: database.database })
  bus.subscribe({
    name: 'round-trip',
    from: 'beginning',
    handlers: definitions.map((event) =>
      onEvent({
        event,
        handle: async (_tx, events) => {
          for (const each of events) received.set(each.id, each.data)
        },
      }),
    ),
  })
  await bus.start()
  try {
    const schoolId = mint<SchoolId>()
    for (const event of definitions) {
      const samples = fc.sample(arbitraryOf(event.data), { numRuns: 10, seed: 7 })
      const sent = samples.map((data) =>
        newEvent({ id: mint<never>(), event, schoolId, key: mint<BatchId>(), cause: programCause(), data }),
      )
      await database.database.transaction(schoolId, (tx) => bus.publish(tx, sent))
      await bus.whenQuiet(20_000)
      for (const { id, data } of sent)
        expect(received.get(id as string), event.type).toEqual(event.data.parse(data))
    }
  } finally {
    await bus.stop()
  }
})
