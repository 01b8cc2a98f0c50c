import { afterAll, beforeAll, expect, test } from 'vitest'
import { readdir } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { mint } from '#platform/ids.ts'
import { formOf, textFile } from './client.ts'
import { startSystem, until, type System } from './system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem({ undoSeconds: 1 })
})
afterAll(() => system?.stop())

/** What these stories look at in an answer, whichever it is. */
interface Body extends Record<string, unknown> {
  batchId: string
  runId: string
  fileUploadId: string
  code: string
  detail: string
  errors?: { path: string }[]
}

const essay = (name: string): ReturnType<typeof textFile> =>
  textFile(name, `This is the essay ${name}. It says that school should start later.`)
const keyed = (key: string): Record<string, string> => ({ 'idempotency-key': key })
const answerOf = async (response: Response) => ({
  status: response.status,
  body: (await response.json()) as Body,
})

test('a retry with the same key and body is answered with the same ids, and stores nothing again', async () => {
  const { batchId } = await system.createBatch()
  const files = [essay('one.txt'), essay('two.txt')]
  const first = await system.upload(batchId, files, keyed('twice'))
  expect(await system.upload(batchId, files, keyed('twice'))).toEqual(first)
  expect((await system.settled(batchId)).counts.received).toBe(2)

  const other = await answerOf(
    await system.request('POST', `batches/${batchId}/files`, {
      body: formOf([files[0]!]),
      headers: keyed('twice'),
    }),
  )
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  const renamed = [{ ...files[0]!, name: 'uno.txt' }, files[1]!]
  expect(
    await answerOf(
      await system.request('POST', `batches/${batchId}/files`, {
        body: formOf(renamed),
        headers: keyed('twice'),
      }),
    ),
  ).toMatchObject({ status: 422 })
  expect((await system.batch(batchId)).counts.received).toBe(2)
})

test('a key belongs to its path, and for JSON the same body means the same bytes', async () => {
  const make = (body: string) =>
    fetch(`${system.server.url}/api/v1/batches`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${system.token}`,
        'content-type': 'application/json',
        ...keyed('a-batch'),
      },
      body,
    }).then(answerOf)
  const first = await make('{"title":"Same"}')
  expect(await make('{"title":"Same"}')).toEqual(first)
  expect(await make('{"title":"Same","runWhenQuiet":false}')).toMatchObject({
    status: 422,
    body: { code: 'idempotency-key-reused' },
  })
  const items = await system.upload(first.body.batchId, [essay('a.txt')], keyed('a-batch'))
  expect(items).toHaveLength(1)
  const bad = await answerOf(
    await system.request('POST', 'batches', { body: { title: 'x' }, headers: keyed('k'.repeat(256)) }),
  )
  expect(bad).toMatchObject({ status: 400, body: { code: 'bad-request' } })
})

test('every POST keeps its answer for a retry, also when the answer has changed the world since', async () => {
  const { batchId } = await system.createBatch()
  const [old] = await system.upload(batchId, [essay('old.txt')])
  await system.settled(batchId)
  const post = async (path: string, key: string, body?: unknown) =>
    answerOf(await system.request('POST', path, { body, headers: keyed(key) }))
  const twice = async (path: string, key: string, body?: unknown) => {
    const first = await post(path, key, body)
    expect(first.status).toBeLessThan(300)
    expect(await post(path, key, body)).toEqual(first)
    return first.body
  }
  const run = await twice(`batches/${batchId}/pipeline-runs`, 'run', {})
  await system.ended(run.runId)
  const paused = await system.startRun(batchId)
  await post(`pipeline-runs/${paused}/pause`, 'pause')
  const cancelled = await answerOf(
    await system.request('POST', `pipeline-runs/${paused}/cancel`, { headers: keyed('cancel') }),
  )
  // Everything was known already: the run may have ended before it could be cancelled.
  if (cancelled.status === 200)
    expect(await post(`pipeline-runs/${paused}/cancel`, 'cancel')).toEqual(cancelled)
  else expect(cancelled).toMatchObject({ status: 409, body: { code: 'run-ended' } })

  const form = () => formOf([essay('new.txt')])
  const replaced = await twice(`files/${old!.fileUploadId}/replace`, 'replace', form())
  await until(
    () => system.files(batchId),
    (files) => files.some((file) => file.fileUploadId === old!.fileUploadId && file.state === 'removed'),
  )
  expect((await post(`files/${old!.fileUploadId}/replace`, 'replace', form())).body).toEqual(replaced)
  expect(await post(`files/${old!.fileUploadId}/replace`, 'another', form())).toMatchObject({
    status: 409,
    body: { code: 'file-removed' },
  })

  expect((await system.request('DELETE', `files/${replaced.fileUploadId}`)).status).toBe(204)
  expect((await system.request('DELETE', `files/${replaced.fileUploadId}`)).status).toBe(204)
  await twice(`files/${replaced.fileUploadId}/restore`, 'restore')
  expect(await system.violations()).toEqual([])
})

test('a file whose name holds a line break is one rejected item in its place, never dropped without a word', async () => {
  const { batchId } = await system.createBatch()
  const part = (disposition: string, text: string): string =>
    `--cut\r\ncontent-disposition: form-data; name="file"; ${disposition}\r\n\r\n${text}\r\n`
  const body = [
    part('filename="first.txt"', 'The first essay is about the sea.'),
    part('filename="two\nlines.txt"', 'The second is about the hills.'),
    part("filename*=UTF-8''coded%0Aname.txt", 'The third is about the town.'),
    part('filename="last.txt"', 'The last one is about the woods.'),
    '--cut--\r\n',
  ].join('')
  const send = (key: string) =>
    fetch(`${system.server.url}/api/v1/batches/${batchId}/files`, {
      method: 'POST',
      body,
      headers: {
        ...keyed(key),
        authorization: `Bearer ${system.token}`,
        'content-type': 'multipart/form-data; boundary=cut',
      },
    })
  const answer = await answerOf(await send('broken-names'))
  expect(answer).toMatchObject({
    status: 202,
    body: {
      items: [
        { fileName: 'first.txt', state: 'received' },
        { fileName: 'two\u240alines.txt', state: 'rejected', error: { code: 'name-with-line-break' } },
        { fileName: 'coded\u240aname.txt', state: 'rejected', error: { code: 'name-with-line-break' } },
        { fileName: 'last.txt', state: 'received' },
      ],
    },
  })
  expect(await answerOf(await send('broken-names'))).toEqual(answer)
  expect((await system.settled(batchId)).counts).toMatchObject({ received: 4, rejected: 2 })
})

/** A multipart request that is sent up to its middle and held there. */
function holdUpload(batchId: string, key: string) {
  const head =
    '--cut\r\ncontent-disposition: form-data; name="file"; filename="held.txt"\r\n\r\n' +
    // Long enough to be on disk in part, which shows that the request is under way.
    'This essay is long. '.repeat(20_000)
  const sent = httpRequest(`${system.server.url}/api/v1/batches/${batchId}/files`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${system.token}`,
      'content-type': 'multipart/form-data; boundary=cut',
      ...keyed(key),
    },
  })
  sent.on('error', () => {})
  sent.write(head)
  return sent
}

test('a form that ends before its last boundary is a bad request, and nothing of it is kept', async () => {
  const { batchId } = await system.createBatch()
  const part =
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nAn essay that is cut'
  for (const body of [part, `${part}\r\n`, '--x\r\ncontent-disp']) {
    const response = await fetch(`${system.server.url}/api/v1/batches/${batchId}/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${system.token}`, 'content-type': 'multipart/form-data; boundary=x' },
      body,
    })
    expect(await answerOf(response)).toMatchObject({ status: 400, body: { code: 'bad-request' } })
  }
  expect(await system.batch(batchId)).toMatchObject({ counts: { received: 0 } })
})

test('while a request is under way another with its key is 409; cut before its answer it has recorded nothing, and the retry is a first request', async () => {
  const { batchId } = await system.createBatch()
  const again = () =>
    system.request('POST', `batches/${batchId}/files`, {
      body: formOf([essay('again.txt')]),
      headers: keyed('held'),
    })
  const held = holdUpload(batchId, 'held')
  const incoming = join(system.data, 'originals', 'incoming')
  await until(
    () => readdir(incoming),
    (names) => names.length === 1,
  )
  expect(await answerOf(await again())).toMatchObject({ status: 409, body: { code: 'request-in-progress' } })
  held.destroy()
  const retried = await until(again, (response) => response.status !== 409)
  expect(retried.status).toBe(202)
  expect((await system.settled(batchId)).counts.received).toBe(1)
  expect(await readdir(incoming)).toEqual([])
  expect(await system.violations()).toEqual([])
})

test('what a request gets wrong is named, field by field, as a problem', async () => {
  const { batchId } = await system.createBatch()
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await system.request(method, path, { body, headers })
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    const problem = (await response.json()) as Body
    expect(problem).toMatchObject({
      type: `urn:assay:problem:${problem.code}`,
      status: response.status,
      correlationId: response.headers.get('x-correlation-id'),
    })
    expect(problem.detail.length).toBeGreaterThan(10)
    return [response.status, problem.code, problem.errors?.map((error) => error.path)]
  }
  expect(await ask('POST', 'batches', { title: ' ', capacity: 0, phases: ['magic'] })).toEqual([
    422,
    'validation-failed',
    ['body.title', 'body.capacity', 'body.phases.0'],
  ])
  expect(await ask('GET', 'batches/nonsense')).toEqual([422, 'validation-failed', ['params.batchId']])
  expect(await ask('GET', `batches/${batchId}/files?limit=201&sort=colour`)).toEqual([
    422,
    'validation-failed',
    ['querystring.sort', 'querystring.limit'],
  ])
  expect(await ask('GET', `batches/${batchId}/files?state=lost`)).toEqual([
    422,
    'validation-failed',
    ['querystring.state'],
  ])
  for (const cursor of [
    'nonsense',
    Buffer.from(JSON.stringify(['slot asc', 'x', batchId])).toString('base64url'),
  ])
    expect(await ask('GET', `batches/${batchId}/files?sort=slot&cursor=${cursor}`)).toEqual([
      422,
      'validation-failed',
      ['querystring.cursor'],
    ])
  for (const title of ['nul \u0000 in it', 'half \ud83d of one'])
    expect(await ask('POST', 'batches', { title })).toEqual([422, 'validation-failed', ['body.title']])
  expect(await ask('GET', `batches/${batchId}/files?q=%00`)).toEqual([
    422,
    'validation-failed',
    ['querystring.q'],
  ])
  expect(await ask('POST', `batches/${batchId}/files`, {})).toEqual([
    415,
    'unsupported-media-type',
    undefined,
  ])
  expect(await ask('POST', `batches/${batchId}/files`, new FormData())).toEqual([
    422,
    'validation-failed',
    ['body'],
  ])
  expect((await ask('POST', `batches/${batchId}/pipeline-runs`, {})).slice(0, 2)).toEqual([
    409,
    'nothing-to-run',
  ])
  expect((await ask('POST', `batches/${batchId}/pipeline-runs`, { phases: [] })).at(2)).toEqual([
    'body.phases',
  ])
  expect((await ask('GET', 'no/such/route')).slice(0, 2)).toEqual([404, 'not-found'])
  expect((await ask('POST', 'batches', { title: 'x'.repeat(1_200_000) })).slice(0, 2)).toEqual([
    413,
    'body-too-large',
  ])
  const broken = await fetch(`${system.server.url}/api/v1/batches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${system.token}`, 'content-type': 'application/json' },
    body: '{"title":',
  })
  expect(await answerOf(broken)).toMatchObject({ status: 400, body: { code: 'bad-request' } })
  expect(
    (await ask('GET', `batches/${mint()}`, undefined, { 'x-correlation-id': 'my-own-id' })).slice(0, 2),
  ).toEqual([404, 'not-found'])
})
