import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UploadItem } from '#contracts/files.ts'
import { makeClass } from '#platform/testing/documents/class.ts'
import { findViolations } from '#platform/testing/invariants.ts'
import { formOf, textFile, type Sent } from './client.ts'
import { runAssay, startLocalProgram, type LocalProgram } from './local-process.ts'
import { until } from './system.ts'

let local: LocalProgram
beforeAll(async () => {
  local = await startLocalProgram()
})
afterAll(() => local?.remove())

const violations = (acknowledged: readonly UploadItem[], of = local): Promise<string[]> =>
  findViolations({ owner: of.owner, quiet: true, originals: join(of.data, 'originals'), acknowledged })

const ended = (runId: string, of = local) =>
  until(
    () => of.client.getRun(runId),
    (run) => run.outcome !== null,
    60_000,
  )

test('the database is killed in the middle: uploads answer 503, a retry completes them, and everything ends without a restart', async () => {
  const files: Sent[] = []
  for await (const file of makeClass({ seed: 9, count: 40, words: 250 }))
    files.push({ name: file.fileName, bytes: file.bytes })
  const { batchId } = await local.client.createBatch()
  const acknowledged = await local.client.upload(batchId, files.slice(0, 20))
  const runId = await local.client.startRun(batchId)
  const pid = local.program.pid

  process.kill((await local.postmaster())!, 'SIGKILL')
  const answers: number[] = []
  for (const file of files.slice(20)) {
    const key = { 'idempotency-key': `retry-${file.name.replace(/[^\w]/g, '')}` }
    const answer = await until(
      async () => {
        const response = await local.client.request('POST', `batches/${batchId}/files`, {
          body: formOf([file]),
          headers: key,
        })
        answers.push(response.status)
        const body = (await response.json()) as { code?: string; items?: UploadItem[] }
        if (response.status !== 202) expect(body.code).toBe('database-unavailable')
        return body
      },
      (body) => body.items !== undefined,
    )
    acknowledged.push(...answer.items!)
  }
  expect(answers).toContain(503)
  expect(answers.filter((status) => status !== 202 && status !== 503)).toEqual([])

  expect((await ended(runId)).outcome).toBe('succeeded')
  const rest = await until(
    () => local.client.batch(batchId),
    ({ counts }) => counts.reading === 0,
  )
  expect(rest.counts).toMatchObject({ received: 40, slotsUsed: 40 })
  expect((await ended(await local.client.startRun(batchId))).outcome).toBe('succeeded')
  expect(local.program.pid).toBe(pid)
  expect(local.program.child.exitCode).toBeNull()
  expect(await violations(acknowledged)).toEqual([])
})

test('ready and live answer within two seconds while the database is gone, and ready again after it', async () => {
  const readiness = async (): Promise<number> => {
    const from = performance.now()
    const { status } = await local.client.request('GET', '/health/ready')
    expect(performance.now() - from).toBeLessThan(3000)
    return status
  }
  expect(await until(readiness, (status) => status === 200)).toBe(200)
  process.kill((await local.postmaster())!, 'SIGKILL')
  await until(readiness, (status) => status === 503)
  expect((await local.client.request('GET', '/health/live')).status).toBe(200)
  await until(readiness, (status) => status === 200)
})

test('a second start on the same folder prints the address and ends with 0; a taken port is named and ends with 1', async () => {
  const again = await runAssay(['start', '--no-sample', '--data', local.data, '--port', '0'])
  const { port } = new URL((await local.client.request('GET', '/health/live')).url)
  expect(again.code).toBe(0)
  expect(again.stdout).toContain(`localhost:${port}`)
  expect(again.stdout).toContain(`process ${local.program.pid}`)

  const other = await mkdtemp(join(tmpdir(), 'assay-local-'))
  try {
    const taken = await runAssay(['start', '--no-sample', '--data', other, '--port', port])
    expect(taken.code).toBe(1)
    expect(taken.stderr).toContain(`Port ${port} is taken by process ${local.program.pid}`)
    expect(taken.stderr).toContain('--port')
  } finally {
    await rm(other, { recursive: true, force: true })
  }
})

test('SIGTERM in the middle of a batch ends the program and its database within ten seconds, and the next start goes on', async () => {
  const { batchId } = await local.client.createBatch()
  const acknowledged = await local.client.upload(
    batchId,
    Array.from({ length: 40 }, (_, i) =>
      textFile(`${i}.txt`, `Essay ${i}. ${'It is better to sleep longer. '.repeat(150)}`),
    ),
  )
  const runId = await local.client.startRun(batchId)
  const { code, milliseconds } = await local.terminate()
  expect(milliseconds).toBeLessThan(10_000)
  expect(code).toBe(0)
  expect(await local.postmaster()).toBeNull()
  await local.start()
  expect((await ended(runId)).outcome).toBe('succeeded')
  expect(await violations(acknowledged)).toEqual([])
})

const canMount = process.getuid?.() === 0 && mountable()
function mountable(): boolean {
  const place = execFileSync('mktemp', ['-d']).toString().trim()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place], { stdio: 'ignore' })
    execFileSync('umount', [place])
    return true
  } catch {
    return false
  } finally {
    execFileSync('rmdir', [place])
  }
}
if (!canMount) process.stderr.write('skipped: a full disk, because this user may not mount a small one\n')

test.skipIf(!canMount)(
  'a full disk is 507 and loses nothing that was acknowledged; with space again, everything works',
  async () => {
    const data = await mkdtemp(join(tmpdir(), 'assay-full-'))
    const originals = join(data, 'originals')
    await mkdir(originals)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', originals])
    const full = await startLocalProgram({ data })
    try {
      const { batchId } = await full.client.createBatch()
      const acknowledged = await full.client.upload(batchId, [
        textFile('before.txt', 'An essay from before the disk was full.'),
      ])
      const filler = await open(join(originals, 'incoming', 'filler'), 'w')
      await filler.write(Buffer.alloc(1_800_000)).finally(() => filler.close())

      const big = (): Sent => textFile('big.txt', 'It is better to sleep longer. '.repeat(20_000))
      const refused = await full.client.request('POST', `batches/${batchId}/files`, {
        body: formOf([big()]),
        headers: { 'idempotency-key': 'big' },
      })
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([507, 'disk-full'])
      expect((await full.client.batch(batchId)).counts.received).toBe(1)

      await rm(join(originals, 'incoming', 'filler'))
      acknowledged.push(...(await full.client.upload(batchId, [big()], { 'idempotency-key': 'big' })))
      expect((await ended(await full.client.startRun(batchId), full)).outcome).toBe('succeeded')
      expect(await violations(acknowledged, full)).toEqual([])
    } finally {
      await full.terminate()
      execFileSync('umount', [originals])
      await full.remove()
    }
  },
)
