// What the log costs, as ratios to a bare INSERT + COMMIT of the same row, by the same means (one transaction of
// platform/database with the school set), on the same server, with fsync on, interleaved in the same run.
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { SchoolId } from '#contracts/common.ts'
import { defineEvent } from '#contracts/event.ts'
import { newEvent, onEvent } from '#platform/bus/bus.ts'
import { createPostgresBus } from '#platform/bus/postgres-bus.ts'
import { afterCommit, type Database, openDatabase } from '#platform/database/database.ts'
import { withClient } from '#platform/database/roles.ts'
import { startTestServer } from '#platform/testing/test-server.ts'
import type { Row } from './harness.ts'

const Measured = defineEvent('bench.measured', 1, z.object({ n: z.number(), essayId: z.string() }))
const school = uuidv7() as SchoolId
const cause = {
  correlationId: uuidv7(),
  causationId: uuidv7(),
  actor: { kind: 'user' as const, id: uuidv7() },
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

const publishers = 8
const rounds = Number(process.env.BENCH_ROUNDS ?? 7)
const secondsARate = 1
const idleSamples = 120

const tables = `
  create table public.effects (place bigint generated always as identity primary key, event_id uuid, n int);
  create table public.bare (seq bigint generated always as identity primary key, id uuid not null, type text not null,
    version int not null, key text not null, school_id uuid not null, file_upload_id uuid, payload jsonb not null);
  grant select, insert on public.effects, public.bare to assay_app`

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
const sort = (values: readonly number[]) => [...values].sort((a, b) => a - b)

function row(
  name: string,
  values: readonly number[],
  demand: { least?: number; most?: number; goal?: number } = {},
): Row {
  const sorted = sort(values)
  const value = at(sorted, 0.5)
  const { least, most, goal } = demand
  const sign = least !== undefined ? '>=' : '<='
  const must = least ?? most
  return {
    name,
    value,
    low: sorted[0] ?? Number.NaN,
    high: sorted.at(-1) ?? Number.NaN,
    must: must === undefined ? '' : `${sign} ${must}`,
    goal: goal === undefined ? '' : `${sign} ${goal}`,
    met: must === undefined ? null : least !== undefined ? value >= must : value <= must,
  }
}

/** Starts a server of its own; about half a minute. */
export async function benchEvents(): Promise<Row[]> {
  const server = await startTestServer({ durable: true })
  try {
    const name = await server.createDatabase()
    await withClient(server.ownerUrl(name), (owner) => owner.query(tables))
    return await measure(openDatabase(server.appUrl(name), { max: publishers + 4 }))
  } finally {
    await server.remove()
  }
}

async function measure(database: Database): Promise<Row[]> {
  const bus = createPostgresBus({ database })
  let handled = 0
  let onHandled = () => {}
  bus.subscribe({
    name: 'bench',
    from: 'beginning',
    handlers: [
      onEvent({
        event: Measured,
        async handle(tx, events) {
          await sql`insert into public.effects (event_id, n)
            select * from unnest(${events.map((e) => e.id)}::uuid[], ${events.map((e) => e.data.n)}::int[])`.execute(
            tx,
          )
          afterCommit(tx, () => {
            handled += events.length
            onHandled()
          })
        },
      }),
    ],
  })
  await bus.start()

  const data = (n: number) => ({ n, essayId: cause.causationId })
  const publish = (n: number) =>
    database.transaction(school, (tx) =>
      bus.publish(tx, [newEvent({ event: Measured, schoolId: school, key: 'batch', cause, data: data(n) })]),
    )
  const bare = (n: number) => {
    const payload = JSON.stringify({ occurredAt: new Date().toISOString(), ...cause, data: data(n) })
    return database.transaction(school, async (tx) => {
      await sql`insert into public.bare (id, type, version, key, school_id, file_upload_id, payload)
        values (${uuidv7()}::uuid, ${Measured.type}, 1, 'batch', ${school}::uuid, null, ${payload}::jsonb)`.execute(
        tx,
      )
    })
  }

  /** Resolves when the handler has committed `count` events in all. */
  const untilHandled = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (handled < count) return
        onHandled = () => {}
        resolve()
      }
      onHandled = check
      check()
    })

  /** Transactions a second by eight writers, to the end of what they caused. */
  async function rate(
    write: (n: number) => Promise<void>,
    settle: (written: number) => Promise<void>,
  ): Promise<number> {
    const began = performance.now()
    let written = 0
    const writer = async () => {
      while (performance.now() - began < secondsARate * 1000) {
        written += 1
        await write(written)
      }
    }
    await Promise.all(Array.from({ length: publishers }, writer))
    await settle(written)
    return (written * 1000) / (performance.now() - began)
  }
  const bareRate = () => rate(bare, async () => {})
  const eventRate = () => {
    const before = handled
    return rate(publish, (written) => untilHandled(before + written))
  }

  const idle = () => new Promise((resolve) => setTimeout(resolve, 4))
  async function timed(work: () => Promise<unknown>): Promise<number> {
    await idle()
    const began = performance.now()
    await work()
    return performance.now() - began
  }

  const rates: { bare: number; again: number; events: number }[] = []
  const waits: { bare: number[]; again: number[]; events: number[] }[] = []
  await bareRate()
  await eventRate()
  for (let round = 0; round < rounds; round += 1) {
    rates.push({ bare: await bareRate(), events: await eventRate(), again: await bareRate() })
    const wait = { bare: [] as number[], again: [] as number[], events: [] as number[] }
    for (let n = 0; n < idleSamples; n += 1) {
      wait.bare.push(await timed(() => bare(n)))
      wait.events.push(
        await timed(async () => {
          const before = handled
          await publish(n)
          await untilHandled(before + 1)
        }),
      )
      wait.again.push(await timed(() => bare(n)))
    }
    waits.push(wait)
  }
  await bus.stop()
  await database.close()

  const each = (of: (wait: { bare: number[]; again: number[]; events: number[] }) => number) => waits.map(of)
  const p = (values: number[], share: number) => at(sort(values), share)
  // The reference is what was measured on both sides of the thing itself.
  const reference = (wait: { bare: number[]; again: number[] }) => [...wait.bare, ...wait.again]
  return [
    row(
      'events handled end to end, 8 publishers / bare INSERT + commit',
      rates.map((r) => r.events / ((r.bare + r.again) / 2)),
      { least: 0.6, goal: 0.9 },
    ),
    row(
      '  noise: bare / bare',
      rates.map((r) => r.again / r.bare),
    ),
    row(
      '  bare, a second',
      rates.map((r) => r.bare),
    ),
    row(
      '  events, a second',
      rates.map((r) => r.events),
    ),
    row(
      'publish to committed effects, idle p50 / bare p50',
      each((w) => p(w.events, 0.5) / p(reference(w), 0.5)),
      {
        most: 2.5,
        goal: 2.1,
      },
    ),
    row(
      'publish to committed effects, idle p95 / bare p95',
      each((w) => p(w.events, 0.95) / p(reference(w), 0.95)),
      {
        most: 4,
      },
    ),
    row(
      '  noise: bare p50 / bare p50',
      each((w) => p(w.again, 0.5) / p(w.bare, 0.5)),
    ),
    row(
      '  bare p50, ms',
      each((w) => p(w.bare, 0.5)),
    ),
    row(
      '  publish to committed effects p50, ms',
      each((w) => p(w.events, 0.5)),
    ),
    row(
      '  publish to committed effects p95, ms',
      each((w) => p(w.events, 0.95)),
    ),
  ]
}

if (import.meta.main) {
  for (const { name, value, low, high, must, goal, met } of await benchEvents()) {
    const verdict = met === null ? '' : met ? 'met' : 'MISSED'
    console.log(
      `${name.padEnd(66)} ${value.toFixed(2).padStart(8)} (${low.toFixed(2)} to ${high.toFixed(2)})  ${must.padEnd(7)} ${goal.padEnd(7)} ${verdict}`,
    )
  }
}
