import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import {
  ClientFrame,
  FrameError,
  HealthFrame,
  Notification,
  NotificationName,
  Pong,
  Progress,
  Resync,
  SlotAssigned,
  Stamp,
  Welcome,
} from '#contracts/realtime.ts'
import { textFile } from './client.ts'
import { openLive, type Frame } from './live-client.ts'
import { startSystem, until, type System } from './system.ts'

interface Block {
  /** What follows the language in the first line. */
  role: string
  text: string
}

let system: System
let document: string
let blocks: Block[]
beforeAll(async () => {
  document = await readFile(new URL('../docs/live-updates.md', import.meta.url), 'utf8')
  blocks = [...document.matchAll(/^```(?:json|js) ([\w-]+)\n(.*?)^```$/gms)].map(([, role, text]) => ({
    role: role!,
    text: text!,
  }))
  system = await startSystem({ undoSeconds: 1 })
})
afterAll(() => system?.stop())

const framesOf = (role: string): Frame[] =>
  blocks.filter((block) => block.role === role).map((block) => JSON.parse(block.text) as Frame)

const serverFrames: Record<string, z.ZodObject> = {
  welcome: Welcome,
  resync: Resync,
  error: FrameError,
  pong: Pong,
  health: HealthFrame,
  progress: Progress,
}

/** The names of all members, of members of members, and of the first of a list. */
function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.length > 0 ? shapeOf(value[0], `${path}[]`) : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => [
    `${path}.${name}`,
    ...shapeOf(part, `${path}.${name}`),
  ])
}

test('every code block of the page is of a kind that is tested here', () => {
  const kinds = new Set(blocks.map((block) => block.role))
  expect(kinds).toEqual(new Set(['answer', 'client', 'server', 'client-program']))
  expect(document.match(/^```\w/gm)).toHaveLength(blocks.length)
})

test('every example frame of the client is one, all kinds are shown, and the server takes each without a complaint', async () => {
  const examples = framesOf('client')
  for (const frame of examples) ClientFrame.parse(frame)
  expect(new Set(examples.map((frame) => frame.type))).toEqual(
    new Set(ClientFrame.options.map((option) => option.shape.type.value)),
  )
  const live = await openLive(system.server.url)
  for (const frame of examples)
    live.send(frame.type === 'authenticate' ? { ...frame, token: system.token } : frame)
  await live.frame('health')
  await live.frame('pong')
  await live.frame('welcome')
  expect(live.frames.filter((frame) => frame.type === 'error')).toEqual([])
  live.end()
})

test('every example of the server has the members of a real frame of its kind, and all kinds are shown', async () => {
  const live = await openLive(system.server.url, { token: system.token })
  live.send({ type: 'subscribe', epoch: null, seq: null })
  live.send({ type: 'subscribe', epoch: null, seq: 1 })
  live.send({ type: 'ping' })
  live.send({ type: 'health' })
  const { batchId } = await system.createBatch({ capacity: 1 })
  const [first] = await system.upload(batchId, [
    textFile('one.txt', 'This is the first essay of a very small class.'),
    textFile('two.txt', 'This is the second essay, for which there is no slot.'),
    textFile('bad.txt', ''),
  ])
  await system.settled(batchId)
  await system.run(batchId)
  await live.frame('batch_results_ready')
  await system.request('DELETE', `files/${first!.fileUploadId}`)
  await live.frame('batch_file_removed')
  await system.request('POST', `files/${first!.fileUploadId}/restore`)
  await live.frame('batch_file_restored')
  await system.request('DELETE', `batches/${batchId}`)
  await live.frame('batch_removed')
  await system.request('POST', `batches/${batchId}/restore`)
  await live.frame('batch_restored')
  await system.request('PATCH', `batches/${batchId}`, { body: { capacity: 3 } })
  await live.frame('batch_changed')
  await live.frame(({ type, phases }) => type === 'progress' && (phases as unknown[]).length > 0)

  const examples = framesOf('server')
  for (const frame of examples) {
    const kind = serverFrames[frame.type]
    if (kind) expect(kind.strict().safeParse(frame).error).toBeUndefined()
    else Notification.strict().parse(frame)
    // Nothing here makes a client slow; the frame has two members, and another test reads a real one.
    if (frame.type === 'resync') continue
    const real = live.frames.filter(
      (each) =>
        each.type === frame.type && (frame.type !== 'progress' || (each.phases as unknown[]).length > 0),
    )
    const shapes = new Set(real.flatMap((each) => shapeOf(each)))
    expect([frame.type, shapeOf(frame).filter((name) => !shapes.has(name))]).toEqual([frame.type, []])
    if (!kind) expect([frame.type, [...shapes].sort()]).toEqual([frame.type, shapeOf(frame).sort()])
  }
  const shown = new Set(examples.map((frame) => frame.type))
  expect(Object.keys(serverFrames).filter((kind) => !shown.has(kind))).toEqual([])
  SlotAssigned.parse(live.frames.find((frame) => frame.type === 'essay_slot_assigned')?.data)

  // The table: every name, and of each that was told just now the members of its data.
  const rows = new Map(
    [...document.matchAll(/^\| (`[a-z_`, ]+`) \|[^|]*\|([^|]*)\|$/gm)].flatMap(([, names, data]) =>
      [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => [name!, data!] as const),
    ),
  )
  expect(NotificationName.options.filter((name) => !rows.has(name))).toEqual([])
  for (const told of live.notifications()) {
    const members = Object.keys(told.data as object)
    const said = rows.get(told.type) ?? ''
    if (told.type !== 'batch_phase_completed')
      expect([told.type, members.filter((name) => !said.includes(`\`${name}\``))]).toEqual([told.type, []])
  }
  live.end()
})

test('every kind of live answer carries what the example shows', async () => {
  const { batchId } = await system.createBatch()
  const [file] = await system.upload(batchId, [textFile('a.txt', 'An essay that is followed with a trace.')])
  await system.settled(batchId)
  const { runId } = await system.run(batchId)
  const [example] = framesOf('answer')
  Stamp.parse(example)
  const { items } = await system.json<{ items: { essayId: string }[] }>('GET', `batches/${batchId}/files`)
  for (const path of [
    'batches',
    `batches/${batchId}`,
    `batches/${batchId}/files`,
    `batches/${batchId}/rows`,
    `batches/${batchId}/results`,
    `batches/${batchId}/results?view=summary`,
    `batches/${batchId}/class`,
    `pipeline-runs/${runId}`,
    `files/${file!.fileUploadId}/trace`,
    `essays/${items[0]!.essayId}`,
  ])
    expect([path, Stamp.safeParse(await system.json('GET', path)).success]).toEqual([path, true])
  // What has not changed is not sent again, whatever was told meanwhile.
  const first = await system.request('GET', `batches/${batchId}/results`)
  const etag = first.headers.get('etag') as string
  await system.upload((await system.createBatch()).batchId, [
    textFile('b.txt', 'Another batch moves on meanwhile.'),
  ])
  const again = await system.request('GET', `batches/${batchId}/results`, {
    headers: { 'if-none-match': etag },
  })
  expect(again.status).toBe(304)
})

test('the client of the page applies everything once, in order, through a restart of the server', async () => {
  const [program] = blocks.filter((block) => block.role === 'client-program')
  const { followAssay } = (await import(`data:text/javascript,${encodeURIComponent(program!.text)}`)) as {
    followAssay: (options: object) => { stop(): void }
  }
  const { batchId, ...batch } = await system.createBatch()
  expect(batch).toBeTruthy()
  const from = await system.json<Stamp>('GET', `batches/${batchId}`)
  const applied: Frame[] = []
  let refetches = 0
  const { port } = new URL(system.server.url)
  const client = followAssay({
    url: `ws://localhost:${port}/realtime`,
    token: system.token,
    from,
    apply: (frame: Frame) => applied.push(frame),
    refetch: () => (refetches += 1),
  })
  const slots = (): number =>
    applied.filter((frame) => frame.type === 'essay_slot_assigned' && frame.batchId === batchId).length
  await system.upload(batchId, [textFile('one.txt', 'The first essay, before the restart of the server.')])
  await until(
    async () => slots(),
    (n) => n === 1,
  )
  await system.restart({ port: Number(port) })
  await system.upload(batchId, [textFile('two.txt', 'The second essay, after the restart of the server.')])
  await until(
    async () => slots(),
    (n) => n === 2,
  )
  client.stop()
  expect(applied.map((frame) => frame.seq)).toEqual(applied.map((_, i) => from.seq + 1 + i))
  expect(refetches).toBe(0)
})
