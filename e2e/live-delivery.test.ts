import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '#apps/server/server.ts'
import type { SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import { closeCodes, type Stamp } from '#contracts/realtime.ts'
import { readConfig } from '#platform/config/config.ts'
import { createLog } from '#platform/observability/log.ts'
import { pruneStreams } from '#services/realtime/actions.ts'
import { rebuildStreams } from '#services/realtime/service.ts'
import { openLive, type LiveSocket } from './live-client.ts'
import { createTeller, followLive, reasonOf } from './live-kit.ts'
import { startSystem, until, type System } from './system.ts'

let system: System
let teller: ReturnType<typeof createTeller>
let school: SchoolId
let owner: UserId
const open: { end?: () => void; stop?: () => void }[] = []
beforeAll(async () => {
  // So rarely is looked for what was not told that only telling can explain what arrives.
  system = await startSystem({ pollMs: 600_000 })
  teller = createTeller(system.server.database, system.server.bus)
  const me = await system.json<{ userId: UserId; schoolId: SchoolId }>('GET', 'me')
  school = me.schoolId
  owner = me.userId
})
afterAll(async () => {
  for (const each of open) (each.end ?? each.stop)?.()
  await system?.stop()
})

const connected = async (url = system.server.url): Promise<LiveSocket> => {
  const live = await openLive(url, { token: system.token })
  open.push(live)
  return live
}
async function subscribed(from: Partial<Stamp> = {}): Promise<LiveSocket> {
  const live = await connected()
  live.send({ type: 'subscribe', epoch: from.epoch ?? null, seq: from.seq ?? null })
  await live.frame('welcome')
  return live
}
const following = (url = system.server.url) => {
  const stream = followLive(url, system.token)
  open.push(stream)
  return stream
}
const stampNow = (): Promise<Stamp> => system.json<Stamp>('GET', 'batches')
/** A stamp may be older than what has happened: what was told of other batches comes before. */
const toldOf = (stream: ReturnType<typeof followLive>, batchId: string): string[] =>
  stream.heard.filter((each) => each.batchId === batchId).map(reasonOf)
const numbers = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `n${from + i}`)

test('what was missed is replayed in array frames, in order, and what follows continues without a gap', async () => {
  const batchId = await teller.ownBatch(school, owner)
  const first = await subscribed()
  const { epoch, seq } = (await first.frame('welcome')) as unknown as Stamp
  await teller.tell(school, batchId, numbers(0, 700))
  await first.notified(seq + 700)
  const back = await subscribed({ epoch, seq: seq + 100 })
  expect(await back.frame('welcome')).toMatchObject({ recovered: true, seq: seq + 700, epoch })
  await back.notified(seq + 700)
  await teller.tell(school, batchId, ['after'])
  await back.notified(seq + 701)
  expect(back.notifications().map((each) => each.seq)).toEqual(
    Array.from({ length: 601 }, (_, i) => seq + 101 + i),
  )
  expect(back.notifications().map(reasonOf)).toEqual([...numbers(100, 600), 'after'])
  expect(back.texts.filter((text) => text.startsWith('[')).length).toBeGreaterThan(0)
})

test('a point that the server cannot continue from is answered with the place to go on from, and no past', async () => {
  const batchId = await teller.ownBatch(school, owner)
  await teller.tell(school, batchId, ['past'])
  await system.server.bus.whenQuiet(20_000)
  const now = await (await subscribed()).frame('welcome')
  for (const [from, recovered] of [
    [{ epoch: '01a1fe5c-274f-46e8-a7f4-633cb30b5d25', seq: 1 }, false],
    [{ epoch: now.epoch as string, seq: (now.seq as number) + 1 }, false],
    [{ epoch: '00000000-0000-0000-0000-000000000000', seq: 0 }, false],
    [{ epoch: now.epoch as string, seq: now.seq as number }, true],
    [{}, true],
  ] as const) {
    const live = await subscribed(from)
    expect(await live.frame('welcome')).toEqual({
      type: 'welcome',
      epoch: now.epoch,
      seq: now.seq,
      recovered,
      heartbeatSeconds: expect.any(Number),
    })
    live.send({ type: 'ping' })
    await live.frame('pong')
    expect(live.notifications()).toEqual([])
    live.end()
  }
})

test('subscribing again on the same socket begins again from the point that is given', async () => {
  const batchId = await teller.ownBatch(school, owner)
  const live = await subscribed()
  const { epoch, seq } = (await live.frame('welcome')) as unknown as Stamp
  await teller.tell(school, batchId, numbers(0, 5))
  await live.notified(seq + 5)
  live.send({ type: 'subscribe', epoch, seq: seq + 2 })
  await until(
    async () => live.notifications().length,
    (n) => n === 8,
  )
  expect(live.notifications().map((each) => (each.seq as number) - seq)).toEqual([1, 2, 3, 4, 5, 3, 4, 5])
  live.end()
})

test('a restart says "come back at once", and nothing is lost or repeated by it', async () => {
  const batchId = await teller.ownBatch(school, owner)
  await system.server.bus.whenQuiet(20_000)
  const bare = await subscribed()
  const stream = following()
  stream.follow(await stampNow())
  await until(
    async () => stream.state(),
    (state) => state === 'live',
  )
  const { port } = system.server
  await teller.tell(school, batchId, numbers(0, 20))
  await system.server.stop()
  expect(await bare.closed).toMatchObject({ code: closeCodes.goingAway })
  const config = readConfig({ data: system.data, port, pollMs: 600_000 }, {})
  const { connectionString } = system.testDatabase
  const { token: ownerToken, secret } = system
  system.server = await startServer({
    config,
    connectionString,
    ownerToken,
    secret,
    log: createLog({ level: 'error' }),
  })
  teller = createTeller(system.server.database, system.server.bus)
  await teller.tell(school, batchId, numbers(20, 20))
  await until(
    async () => toldOf(stream, batchId).length,
    (n) => n >= 40,
  )
  expect(toldOf(stream, batchId)).toEqual(numbers(0, 40))
  expect(stream.resyncs()).toBe(0)
  stream.stop()
})

test('connections that are cut hard, again and again, under traffic: nothing lost, nothing doubled, in order', async () => {
  const batchId = await teller.ownBatch(school, owner)
  await system.server.bus.whenQuiet(20_000)
  const stamp = await stampNow()
  const cutter = await startCutter(system.server.port)
  const streams = Array.from({ length: 8 }, () => following(`http://localhost:${cutter.port}`))
  for (const stream of streams) stream.follow(stamp)
  for (let i = 0; i < 60; i += 1) {
    await teller.tell(school, batchId, numbers(i * 10, 10))
    if (i % 6 === 5) {
      cutter.cut()
      // Some of them are back when the next ones are told, and some are not.
      await until(
        async () => streams.filter((stream) => stream.state() === 'live').length,
        (n) => n >= 2,
      )
    }
  }
  await until(
    async () => streams.every((stream) => toldOf(stream, batchId).length >= 600),
    (all) => all,
    60_000,
  )
  for (const stream of streams) {
    expect(toldOf(stream, batchId)).toEqual(numbers(0, 600))
    expect(stream.resyncs()).toBe(0)
    stream.stop()
  }
  expect(cutter.cuts()).toBeGreaterThan(20)
  await cutter.stop()
})

test('a second process with sockets is told by a hint, and of its own accord only every ten minutes', async () => {
  const config = readConfig({ data: system.data, port: 0, pollMs: 600_000, services: 'realtime' }, {})
  const beside = await startServer({
    config,
    connectionString: system.testDatabase.connectionString,
    ownerToken: system.token,
    secret: system.secret,
    log: createLog({ level: 'error' }),
  })
  try {
    const health = (await (await fetch(`${beside.url}/health`)).json()) as {
      services: string[]
      dependencies: { name: string }[]
      subscriptions: { name: string }[]
    }
    expect(health.services).toEqual(['realtime'])
    expect(health.subscriptions.map((each) => each.name)).toEqual(['realtime', 'health.realtime'])
    expect(health.dependencies.map((each) => each.name)).toEqual(['database', 'event log'])
    expect((await fetch(`${beside.url}/health/ready`)).status).toBe(200)
    expect((await fetch(`${beside.url}/api/v1/batches`)).status).toBe(404)

    const batchId = await teller.ownBatch(school, owner)
    const here = await subscribed()
    const there = await connected(beside.url)
    there.send({ type: 'subscribe', epoch: null, seq: null })
    const { seq } = (await there.frame('welcome')) as unknown as Stamp
    for (let i = 0; i < 30; i += 1) await teller.tell(school, batchId, [`n${i}`])
    for (const live of [here, there]) {
      await live.notified(seq + 30)
      expect(live.notifications().map(reasonOf)).toEqual(numbers(0, 30))
    }
  } finally {
    await beside.stop()
  }
})

test('who reads too slowly is told to come back and closed; the others hear everything', async () => {
  const batchId = await teller.ownBatch(school, owner)
  await system.server.bus.whenQuiet(20_000)
  const others = await Promise.all(Array.from({ length: 5 }, () => subscribed()))
  const slow = await subscribed()
  const { epoch, seq } = (await slow.frame('welcome')) as unknown as Stamp
  slow.socket.pause()
  const long = 'x'.repeat(16_000)
  const count = 1200
  for (let i = 0; i < count; i += 20) {
    await teller.tell(
      school,
      batchId,
      numbers(i, 20).map((name) => `${name} ${long}`),
    )
    // The quick ones take what they are sent before there is more.
    await Promise.all(others.map((live) => live.notified(seq + i + 20)))
  }
  slow.socket.resume()
  expect(await slow.closed).toMatchObject({ code: closeCodes.tooSlow })
  expect(slow.frames.at(-1)).toEqual({ type: 'resync', reason: expect.any(String) })
  const got = slow.notifications().length
  expect(got).toBeLessThan(count)
  for (const live of others) {
    expect(live.notifications()).toHaveLength(count)
    expect(live.closeCode()).toBe(0)
  }
  const back = await subscribed({ epoch, seq: seq + got })
  await back.notified(seq + count)
  expect(back.notifications()).toHaveLength(count - got)
  for (const live of [...others, back]) live.end()
}, 120_000)

test('a rebuild begins a new epoch: everyone fetches anew, and the past is not told again', async () => {
  const batchId = await teller.ownBatch(school, owner)
  await teller.tell(school, batchId, numbers(0, 3))
  await system.server.bus.whenQuiet(20_000)
  const before = await stampNow()
  const live = await subscribed(before)
  await rebuildStreams(system.server.database, system.server.bus)
  await system.server.bus.whenQuiet(30_000)
  await teller.tell(school, batchId, ['anew'])
  expect(await live.closed).toMatchObject({ code: closeCodes.tooSlow })
  const back = await subscribed(before)
  const welcome = await back.frame('welcome')
  expect(welcome).toMatchObject({ recovered: false })
  expect(welcome.epoch).not.toBe(before.epoch)
  const stamp = await until(stampNow, (each) => each.epoch === welcome.epoch && each.seq >= 1)
  expect(stamp).toMatchObject({ seq: 1 })
  const all = await subscribed({ epoch: stamp.epoch, seq: 0 })
  await all.notified(1)
  expect(all.notifications().map(reasonOf)).toEqual(['anew'])
})

test('what is older than is kept is let go of, and who comes from before that fetches anew', async () => {
  const batchId = await teller.ownBatch(school, owner)
  const live = await subscribed()
  const { epoch, seq } = (await live.frame('welcome')) as unknown as Stamp
  await teller.tell(school, batchId, numbers(0, 30))
  await live.notified(seq + 30)
  await system.testDatabase.ownerPool.query(
    `update realtime.notifications set at = now() - interval '31 days' where user_id = $1 and seq <= $2`,
    [owner, seq + 10],
  )
  await pruneStreams(system.server.database, school)
  for (const [after, recovered, given] of [
    [seq + 9, false, 0],
    [seq + 10, true, 20],
  ] as const) {
    const back = await subscribed({ epoch, seq: after })
    expect(await back.frame('welcome')).toMatchObject({ recovered, seq: seq + 30 })
    if (recovered) await back.notified(seq + 30)
    expect(back.notifications()).toHaveLength(given)
    back.end()
  }
  // By number too: ten thousand are kept.
  await system.testDatabase.ownerPool.query(
    `insert into realtime.notifications (user_id, school_id, seq, event_id, log_seq, batch_id, at, name, meta, data)
     select user_id, school_id, $2::bigint + i, gen_random_uuid(), log_seq, batch_id, now(), name, meta, data
     from realtime.notifications, generate_series(1, 12000) i where user_id = $1 and seq = $2`,
    [owner, seq + 30],
  )
  await system.testDatabase.ownerPool.query('update realtime.streams set last_seq = $2 where user_id = $1', [
    owner,
    seq + 12_030,
  ])
  await pruneStreams(system.server.database, school)
  const { rows } = await system.testDatabase.ownerPool.query<{ n: number; first: number; kept: number }>(
    `select count(*)::int as n, min(n.seq)::int as first, max(s.kept_from)::int as kept
     from realtime.notifications n join realtime.streams s using (user_id, school_id) where user_id = $1`,
    [owner],
  )
  expect(rows[0]).toEqual({ n: 10_000, first: seq + 2031, kept: seq + 2031 })
})

/** A relay that cuts what goes through it without a word. */
async function startCutter(port: number) {
  const pairs = new Set<readonly [Socket, Socket]>()
  let cuts = 0
  const server: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [a, b] of [pair, [far, near] as const]) {
      a.on('error', () => b.destroy())
      a.on('close', () => {
        b.destroy()
        pairs.delete(pair)
      })
    }
    // The server answers only under its own address.
    near.once('data', (head: Buffer) => {
      far.write(head.toString('latin1').replace(/^host: .*$/im, `Host: localhost:${port}`), 'latin1')
      near.pipe(far)
      far.pipe(near)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cuts: () => cuts,
    cut() {
      for (const [near, far] of pairs) {
        cuts += 1
        near.resetAndDestroy()
        far.resetAndDestroy()
      }
    },
    async stop() {
      for (const [near] of pairs) near.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
