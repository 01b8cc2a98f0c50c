// What live delivery costs, against a bare INSERT + commit on the same server and bare `ws` sockets of the same
// process, interleaved in the same run. The publisher is this process; the sockets' server is another, unless said.
import { sql } from 'kysely'
import pg from 'pg'
import { v7 } from 'uuid'
import type { WebSocket } from 'ws'
import type { BatchId, SchoolId } from '#contracts/common.ts'
import { createPostgresBus } from '#platform/bus/postgres-bus.ts'
import { openDatabase } from '#platform/database/database.ts'
import { programCause } from '#platform/http/http.ts'
import { startTestServer } from '#platform/testing/test-server.ts'
import { interleave, quantile, ratios, row, type BenchOptions, type Row } from './harness.ts'
import { latencyWhileRunning, slowReader } from './live-load.ts'
import { now, startLive } from './live-server.ts'
import { openSocket, publish, startClients, startServerProcess, type World } from './live-world.ts'

const people = 100
const socketsEach = 20
const writers = 16

export async function benchLive(options: BenchOptions): Promise<Row[]> {
  const server = await startTestServer({ durable: true })
  try {
    const name = await server.createDatabase()
    const database = openDatabase(server.appUrl(name), { max: writers + 2 })
    const owner = new pg.Pool({ connectionString: server.ownerUrl(name), max: 2 })
    const bus = createPostgresBus({ database, pollMs: 10_000 })
    await bus.start()
    const world: World = {
      database,
      bus,
      owner,
      schoolId: v7() as SchoolId,
      users: Array.from({ length: people }, () => v7()),
      ofOne: v7() as BatchId,
      ofAll: v7() as BatchId,
      appUrl: server.appUrl(name),
    }
    await owner.query(
      `create table public.bare (id uuid primary key, school_id uuid not null, payload jsonb not null);
       grant select, insert on public.bare to assay_app`,
    )
    await owner.query(
      `insert into realtime.audience (batch_id, user_id, school_id, from_seq)
       select b, u, $1, 0 from unnest($2::uuid[]) u, unnest($3::uuid[]) b where b = $4 or u = $5`,
      [world.schoolId, world.users, [world.ofOne, world.ofAll], world.ofAll, world.users[0]],
    )
    const rows: Row[] = []
    for (const pollMs of [1000, 10_000]) rows.push(...(await twoProcesses(world, pollMs, options)))
    rows.push(...(await manySockets(world, options)))
    rows.push(await slowReader(world, options))
    await bus.stop()
    rows.push(...(await oneProcess(world, options)))
    await database.close()
    await owner.end()
    rows.push(...(await latencyWhileRunning(options)))
    return rows
  } finally {
    await server.remove()
  }
}

/** By the same means: one transaction of platform/database with the school set. */
const insertBare = (world: World): Promise<void> =>
  world.database.transaction(world.schoolId, async (tx) => {
    const payload = JSON.stringify({ ...programCause(), data: { runId: v7(), outcome: 'succeeded' } })
    await sql`insert into public.bare values (${v7()}::uuid, ${world.schoolId}::uuid, ${payload}::jsonb)`.execute(
      tx,
    )
  })

const nextMessage = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => socket.once('message', () => resolve(now())))
const nextNotification = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => {
    const hear = (data: Buffer): void => {
      if (data.includes('"type":"progress"')) return
      socket.off('message', hear)
      resolve(now())
    }
    socket.on('message', hear)
  })

/** Milliseconds from a commit to the client's handler, and of the bare commit with its echo; p50 and p95 a round. */
async function latency(
  world: World,
  live: { url: string; bareUrl: string },
  options: BenchOptions,
  bus = world.bus,
): Promise<{ p50: number[]; p95: number[]; bareMs: number[]; ms: number[] }> {
  const told = await openSocket(live.url, world.users[0])
  const echo = await openSocket(live.bareUrl)
  const samples = options.quick ? 5 : 100
  const measure = async (once: () => Promise<number>): Promise<number[]> => {
    const values: number[] = []
    for (let i = 0; i < samples; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 4))
      values.push(await once())
    }
    return values
  }
  const taken: Record<'live' | 'bare', number[][]> = { live: [], bare: [] }
  const p50 = await interleave(options.quick ? 1 : 5, {
    live: async () => {
      const values = await measure(async () => {
        const heard = nextNotification(told)
        await publish(world, [world.ofOne], bus)
        const committed = now()
        return (await heard) - committed
      })
      taken.live.push(values)
      return quantile(values, 0.5)
    },
    bare: async () => {
      const values = await measure(async () => {
        const began = now()
        await insertBare(world)
        const heard = nextMessage(echo)
        echo.send('{"type":"echo"}')
        return (await heard) - began
      })
      taken.bare.push(values)
      return quantile(values, 0.5)
    },
  })
  told.terminate()
  echo.terminate()
  const p95 = (values: number[][]): number[] => values.map((each) => quantile(each, 0.95))
  return {
    p50: ratios(p50.live, p50.bare),
    p95: ratios(p95(taken.live), p95(taken.bare)),
    bareMs: p50.bare,
    ms: p50.live,
  }
}

async function twoProcesses(world: World, pollMs: number, options: BenchOptions): Promise<Row[]> {
  options.say(`live: two processes, poll ${pollMs} ms`)
  const child = await startServerProcess(world, pollMs)
  try {
    const { p50, p95, bareMs, ms } = await latency(world, child, options)
    const with10 = pollMs > 1000 ? ', poll 10 s' : ''
    const rows = [
      row(`committed to client, two processes${with10}, p50 ÷ bare commit + echo`, p50, {
        atMost: 1.6,
        goal: 1.4,
      }),
      row('  the same, p95', p95, { atMost: 2.5 }),
      row('  bare commit + echo p50, ms', bareMs),
      row('  committed to client p50, ms', ms),
    ]
    if (pollMs > 1000) return rows
    const rate = async (write: () => Promise<unknown>): Promise<number> => {
      const began = performance.now()
      let written = 0
      const writer = async (): Promise<void> => {
        while (performance.now() - began < (options.quick ? 200 : 2000)) {
          await write()
          written += 1
        }
      }
      await Promise.all(Array.from({ length: writers }, writer))
      return (written * 1000) / (performance.now() - began)
    }
    const socket = await openSocket(child.url, world.users[0])
    const rates = await interleave(options.quick ? 1 : 5, {
      live: () => rate(() => publish(world, [world.ofOne])),
      bare: () => rate(() => insertBare(world)),
    })
    socket.terminate()
    return [
      ...rows,
      row(
        `events published a second by ${writers} writers with live delivery ÷ plain INSERT + commit`,
        ratios(rates.live, rates.bare),
        { atLeast: 0.5, goal: 0.7 },
      ),
      row('  plain, a second', rates.bare),
    ]
  } finally {
    await child.stop()
  }
}

async function oneProcess(world: World, options: BenchOptions): Promise<Row[]> {
  options.say('live: one process')
  const bus = createPostgresBus({ database: world.database, pollMs: 10_000 })
  const { database, schoolId } = world
  const live = await startLive({ database, bus, schoolId, pollMs: 10_000 })
  const { p50, p95 } = await latency(world, live, options, bus)
  await live.stop()
  return [
    row('committed to client, one process, p50 ÷ bare commit + echo', p50, { atMost: 1.6, goal: 1.2 }),
    row('  the same, p95', p95, { atMost: 2.5 }),
  ]
}

/** Fan-out, memory and a restart, with 2,000 sockets of 100 people in a process of their own. */
async function manySockets(world: World, options: BenchOptions): Promise<Row[]> {
  const child = await startServerProcess(world, 10_000)
  const clients = startClients()
  const rounds = options.quick ? 1 : 7
  const users = options.quick ? world.users.slice(0, 5) : world.users
  const tokens = users.flatMap((user) => Array.from({ length: socketsEach }, () => user))
  try {
    options.say(`live: ${tokens.length} sockets`)
    const before = await child.memory()
    clients.send({ order: 'open', url: child.url, tokens, bare: false, from: null })
    const { epoch } = await clients.next('open')
    const after = await child.memory()

    const text = 'x'.repeat(430)
    const fanOut = await interleave(rounds, {
      live: async () => {
        const received = clients.next('received')
        const committed = child.next('committed')
        clients.send({ order: 'expect', count: 1 })
        await publish(world, [world.ofAll])
        const { at } = await committed
        return (await received).at - at
      },
      bare: async () => {
        const received = clients.next('received')
        const begun = child.next('broadcast')
        clients.send({ order: 'expect', count: 1 })
        child.send({ order: 'broadcast', text })
        const { at } = await begun
        return (await received).at - at
      },
    })

    const { rows } = await world.owner.query<{ seq: string }>(
      'select last_seq as seq from realtime.streams where user_id = $1',
      [users.at(-1)],
    )
    for (let i = 0; i < 20; i += 1) await publish(world, [world.ofAll])
    // The first person was told of more: everyone asks from twenty before their own last.
    const tokensAlike = tokens.filter((token) => token !== world.users[0])
    const from = { epoch, seq: Number(rows[0]!.seq) }
    const back = await interleave(options.quick ? 1 : 5, {
      live: async () => {
        child.send({ order: 'close-all' })
        const received = clients.next('received')
        const began = now()
        clients.send({ order: 'open', url: child.url, tokens: tokensAlike, bare: false, from })
        return (await received).at - began
      },
      bare: async () => {
        child.send({ order: 'close-all' })
        const opened = clients.next('open')
        const began = now()
        clients.send({ order: 'open', url: child.bareUrl, tokens: tokensAlike, bare: true, from: null })
        return (await opened).at - began
      },
    })
    return [
      row(
        `one event to ${tokens.length} sockets of ${users.length} people ÷ a loop of one string`,
        ratios(fanOut.live, fanOut.bare),
        { atMost: 1.15, goal: 1.05 },
      ),
      row('  the loop, ms', fanOut.bare),
      row(
        'memory per idle socket, KiB',
        [(after.bytes - before.bytes) / 1024 / Math.max(1, after.sockets - before.sockets)],
        { atMost: 24, goal: 20 },
      ),
      row(
        `${tokensAlike.length} sockets come back and catch up 20 events ÷ bare reconnect`,
        ratios(back.live, back.bare),
        { atMost: 2.2, goal: 1.5 },
      ),
      row('  bare reconnect, ms', back.bare),
    ]
  } finally {
    clients.stop()
    await child.stop()
  }
}
