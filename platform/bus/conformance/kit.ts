import { sql } from 'kysely'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { SchoolId } from '#contracts/common.ts'
import { defineEvent, type EventDefinition } from '#contracts/event.ts'
import { type Bus, type Cause, newEvent, onEvent, type Subscription } from '#platform/bus/bus.ts'
import type { Database, Tx } from '#platform/database/database.ts'

/** One process: a bus with connections of its own. */
export interface BusProcess {
  bus: Bus
  database: Database
  /** Stops the bus, when it runs, and ends its connections. */
  end(): Promise<void>
}

/** What the suite needs of an implementation. The log is in PostgreSQL in each; the transport is theirs. */
export interface BusWorld {
  /** A process that has not started yet. */
  open(): BusProcess
  /** The address of the log's database for a role. */
  url(role: 'assay_app' | 'assay_owner' | 'postgres'): string
  /** A connection of its own, for explicit SQL. */
  connect(role?: 'assay_app' | 'assay_owner' | 'postgres'): Promise<pg.Client>
  /** Resolves when the bus has looked at the log's end twice more than when asked. */
  lookedTwice(bus: Bus): Promise<void>
  stopServer(how: 'stopped' | 'killed'): Promise<void>
  startServer(): Promise<void>
  close(): Promise<void>
}

/** What a suite's cases work with; made anew for each. */
export interface Stage {
  readonly world: BusWorld
  /** Sees every effect: connected as the owner. */
  readonly look: pg.Client
  /** Starts a process with these subscriptions; ended after the case. */
  start(...subscriptions: Subscription[]): Promise<BusProcess>
  connect(role?: 'assay_app' | 'assay_owner' | 'postgres'): Promise<pg.Client>
}

export const Counted = defineEvent('conformance.counted', 1, z.object({ n: z.number() }))
export const Noted = defineEvent('conformance.noted', 1, z.object({ n: z.number() }))
/** Takes anything, to publish what the real definition will not accept. */
export const Uncounted = { type: Counted.type, version: 1, data: z.unknown() } as EventDefinition

export const schoolA = uuidv7() as SchoolId
export const schoolB = uuidv7() as SchoolId
export const cause: Cause = {
  correlationId: 'conformance',
  causationId: null,
  actor: { kind: 'program' },
  traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
}

export const counted = (n: number, key = 'batch', schoolId = schoolA) =>
  newEvent({ event: Counted, schoolId, key, cause, data: { n } })
export const noted = (n: number, key = 'batch', schoolId = schoolA) =>
  newEvent({ event: Noted, schoolId, key, cause, data: { n } })

/** One event in a transaction of its own. */
export const publishOne = (process: BusProcess, n: number, key = 'batch', school = schoolA) =>
  process.database.transaction(school, (tx) => process.bus.publish(tx, [counted(n, key, school)]))

/** The table of effects: a row for each time an event was handled. No key keeps a second one out. */
export const effectsTable = `
  create table public.effects (place bigserial, subscription text, event_id uuid, seq bigint, key text, n int);
  grant select, insert, delete on public.effects to assay_app;
  grant usage on all sequences in schema public to assay_app`

interface Handled {
  id: string
  seq?: number
  key: string
  data: unknown
}

export async function insertEffects(tx: Tx, subscription: string, events: readonly Handled[]): Promise<void> {
  await sql`
    insert into public.effects (subscription, event_id, seq, key, n)
    select ${subscription}, * from unnest(${events.map((e) => e.id)}::uuid[], ${events.map((e) => e.seq ?? null)}::bigint[],
      ${events.map((e) => e.key)}::text[], ${events.map((e) => (e.data as { n: number }).n)}::int[])`.execute(
    tx,
  )
}

/** Writes down what it hears; `before` may throw, wait or look. */
export const recorder = (
  name: string,
  options: Partial<Pick<Subscription, 'from' | 'batchSize'>> & {
    before?: (events: readonly Handled[], tx: Tx) => Promise<void> | void
    after?: (events: readonly Handled[], tx: Tx) => Promise<void> | void
  } = {},
): Subscription => ({
  name,
  from: options.from ?? 'beginning',
  ...(options.batchSize ? { batchSize: options.batchSize } : {}),
  handlers: [
    onEvent({
      event: Counted,
      handle: async (tx, events) => {
        await options.before?.(events, tx)
        await insertEffects(tx, name, events)
        await options.after?.(events, tx)
      },
    }),
  ],
})

export interface Effect {
  subscription: string
  event_id: string
  key: string
  n: number
}

/** In the order in which they were handled. */
export const listEffects = async (client: pg.Client, subscription: string): Promise<Effect[]> =>
  (
    await client.query<Effect>('select * from public.effects where subscription = $1 order by place', [
      subscription,
    ])
  ).rows

export const numbers = async (client: pg.Client, subscription: string): Promise<number[]> =>
  (await listEffects(client, subscription)).map((row) => row.n)

/** Waits for a condition, not for a time. */
export async function until<T>(
  condition: () => Promise<T | false | undefined> | T | false | undefined,
  what: string,
  limitMs = 20_000,
): Promise<T> {
  const end = performance.now() + limitMs
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export interface Gate {
  open(): void
  opened: Promise<void>
}

export function makeGate(): Gate {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

/** Explicit SQL for an event, as a publisher would write it. Returns its place. */
export async function insertByHand(client: pg.Client, n: number, key = 'batch'): Promise<number> {
  const { rows } = await client.query(
    `insert into bus.events (id, type, version, key, school_id, payload) values ($1, $2, 1, $3, $4, $5) returning seq`,
    [uuidv7(), Counted.type, key, schoolA, { ...cause, occurredAt: new Date().toISOString(), data: { n } }],
  )
  return Number(rows[0].seq)
}

export async function beginByHand(client: pg.Client): Promise<void> {
  await client.query('begin')
  await client.query("select set_config('assay.school_id', $1, true)", [schoolA])
}

/** A generator of numbers in [0, 1) that a seed repeats (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
