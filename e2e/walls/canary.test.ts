import { unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formOf, textFile, type Client } from '../client.ts'
import { startPeople, type Name, type People } from '../people.ts'
import { until } from '../system.ts'
import { absentThings, makeThings, type Things } from './things.ts'

/** Stands in everything that the other school has, and nowhere else. */
const marker = 'zqcanaryx'
let server: People
let ours: Things
let theirs: Things
beforeAll(async () => {
  server = await startPeople()
  const { teacher, otherAdmin } = server.people
  ours = await makeThings(server, teacher, 'ours')
  theirs = await makeThings(server, otherAdmin, marker)
  await otherAdmin.createBatch({ title: `Second ${marker}` })
}, 240_000)
afterAll(() => server?.stop())

const identifiers = (things: Things): string[] =>
  ['batchId', 'fileUploadId', 'runId', 'essayId', 'userId', 'correlationId'].map(
    (name) => things[name as keyof Things],
  )

/** Everything an answer says: its headers, its text, and what is packed in it. */
async function contentsOf(response: Response): Promise<string> {
  const bytes = Buffer.from(await response.arrayBuffer())
  const parts = [JSON.stringify([...response.headers]), bytes.toString()]
  if (bytes.subarray(0, 2).toString() === 'PK')
    parts.push(...Object.values(unzipSync(bytes)).map((part) => Buffer.from(part).toString()))
  return parts.join('\n')
}

/** Every address that can be read, with whatever its query can ask for. */
function* readings(things: Things): Generator<string> {
  const queries: Record<string, string[]> = {
    '/api/v1/batches': ['', `?q=${marker}`, '?limit=200'],
    '/api/v1/batches/:batchId/files': ['', `?q=${marker}`, '?limit=200&sort=fileName&order=desc'],
    '/api/v1/batches/:batchId/rows': ['', '?limit=200', `?ids=${theirs.fileUploadId}`],
    '/api/v1/batches/:batchId/results': ['', '?view=summary'],
    '/api/v1/batches/:batchId/export': ['csv', 'xlsx', 'html', 'json'].map((format) => `?format=${format}`),
  }
  for (const { method, path } of server.server.routes) {
    if (method !== 'GET' || path.includes('*') || path === '/realtime') continue
    const filled = path.replace(/:(\w+)/g, (_, name: string) => things[name as keyof Things] ?? 'x')
    for (const query of queries[path] ?? ['']) yield filled + query
  }
}

test('nothing that our people can read holds a byte of the other school', async () => {
  const clients: [string, Client][] = [
    ['anonymous', server.anonymous],
    ...(['admin', 'teacher', 'otherTeacher', 'judge', 'student'] as Name[]).map((name): [string, Client] => [
      name,
      server.people[name],
    ]),
  ]
  const found: string[] = []
  let read = 0
  for (const [name, client] of clients)
    for (const things of [ours, theirs, absentThings()])
      for (const address of readings(things)) {
        const said = (await contentsOf(await client.request('GET', address))).toLowerCase()
        read++
        if (said.includes(marker)) found.push(`${name}: GET ${address} holds the marker`)
        // An address that names something may be repeated; anything else of theirs may not.
        for (const id of identifiers(theirs))
          if (said.includes(id) && !address.includes(id)) found.push(`${name}: GET ${address} holds ${id}`)
      }
  expect(found).toEqual([])
  expect(read).toBeGreaterThan(200)
}, 240_000)

test('the marker is there to be found: the other school reads it', async () => {
  const { otherAdmin } = server.people
  const holding: string[] = []
  for (const address of readings(theirs)) {
    const response = await otherAdmin.request('GET', address)
    if ((await contentsOf(response)).toLowerCase().includes(marker)) holding.push(address)
  }
  expect(holding.length).toBeGreaterThan(10)
  expect(holding.some((address) => address.endsWith('format=xlsx'))).toBe(true)
})

test("another school's essay is not taken into a run, nor its file or batch into anything that is written", async () => {
  const { teacher, admin } = server.people
  const runId = await teacher.startRun(ours.batchId, { essays: [theirs.essayId] })
  const run = await until(
    () => teacher.getRun(runId),
    ({ outcome }) => outcome !== null,
  )
  expect(run).toMatchObject({ outcome: 'failed' })
  for (const client of [teacher, admin]) {
    for (const [method, path, body] of [
      ['POST', `batches/${theirs.batchId}/files`, formOf([textFile('ours.txt', 'Put here by us.')])],
      ['POST', `files/${theirs.fileUploadId}/replace`, formOf([textFile('ours.txt', 'Put here by us.')])],
      ['PATCH', `batches/${theirs.batchId}`, { title: 'Ours now' }],
      ['DELETE', `batches/${theirs.batchId}`, undefined],
      ['PUT', `batches/${theirs.batchId}/people/${teacher.userId}`, undefined],
      ['POST', `batches/${theirs.batchId}/pipeline-runs`, {}],
    ] as const)
      expect([path, (await client.request(method, path, { body })).status]).toEqual([path, 404])
  }
  expect(await server.people.otherAdmin.batch(theirs.batchId)).toMatchObject({
    title: marker,
    counts: { received: 1, slotsUsed: 1 },
  })
})

test('the same text in two schools is checked in each: neither learns that the other has it', async () => {
  const { teacher, otherAdmin } = server.people
  const same = textFile('same.txt', 'The same essay, letter by letter, is handed in at too schools.')
  const phasesOf = async (client: Client) => {
    const { batchId } = await client.createBatch({ title: 'Same' })
    const [item] = await client.upload(batchId, [same])
    expect(item!.duplicateOf).toBeUndefined()
    const runId = await client.startRun(batchId)
    const run = await until(
      () => client.getRun(runId),
      ({ outcome }) => outcome !== null,
    )
    return run.phases.map((phase) => phase.pruned)
  }
  expect(await phasesOf(otherAdmin)).toEqual([0, 0])
  expect(await phasesOf(teacher)).toEqual([0, 0])
  expect(await phasesOf(teacher)).toEqual([1, 1])
})
