import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import {
  type BusProcess,
  counted,
  makeGate,
  numbers,
  publishOne,
  recorder,
  schoolA,
  seeded,
  type Stage,
  until,
} from '#platform/bus/conformance/kit.ts'

const childProgram = fileURLToPath(new URL('../testing/child.ts', import.meta.url))

/** Every committed event once for each subscription, and in the order of the log within a key. */
export async function checkInvariants(stage: Stage, subscriptions: readonly string[]): Promise<string[]> {
  const { rows } = await stage.look.query<{ complaint: string }>(
    `with expected as (select s.name, e.seq, e.id from unnest($1::text[]) as s(name), bus.events e
        where e.type = 'conformance.counted'),
      got as (select subscription, event_id, count(*) as times from public.effects group by 1, 2),
      ordered as (select f.subscription, e.key, e.seq,
          lag(e.seq) over (partition by f.subscription, e.key order by f.place) as before
        from public.effects f join bus.events e on e.id = f.event_id)
     select format('%s: event %s was lost', x.name, x.seq) as complaint
       from expected x left join got on got.subscription = x.name and got.event_id = x.id where got.times is null
     union all select format('%s: %s was handled %s times', subscription, event_id, times) from got where times > 1
     union all select format('%s: %s was never committed', subscription, event_id) from got
       where not exists (select from bus.events e where e.id = event_id)
     union all select format('%s: in %s event %s came after %s', subscription, key, seq, before) from ordered
       where before > seq`,
    [subscriptions],
  )
  return rows.map((row) => row.complaint)
}

/** A publisher whose transactions are slow, rolled back, of several events, or behind savepoints, as chance has it. */
export async function writeAtRandom(
  process: BusProcess,
  writer: number,
  count: number,
  seed: number,
  cut = false,
): Promise<void> {
  const chance = seeded(seed * 1000 + writer)
  let n = writer * 100_000
  for (let done = 0; done < count; done += 1) {
    const rollsBack = chance() < 0.15
    const savepoint = chance() < 0.1
    const pause = chance() < 0.3 ? chance() * 25 : 0
    const size = 1 + Math.floor(chance() * 4)
    const next = () => {
      n += 1
      return counted(n, `key ${Math.floor(chance() * 5)}`)
    }
    try {
      await process.database.transaction(schoolA, async (tx) => {
        await process.bus.publish(tx, Array.from({ length: size }, next))
        // The schedule is the test: writers that hold their places open for a while.
        if (pause) await new Promise((resolve) => setTimeout(resolve, pause))
        if (savepoint) {
          await sql`savepoint maybe`.execute(tx)
          await process.bus.publish(tx, [next()])
          await sql`rollback to savepoint maybe`.execute(tx)
        }
        if (pause) await process.bus.publish(tx, [next()])
        if (rollsBack) throw new Error('rolled back on purpose')
      })
    } catch (error) {
      if (!cut && (error as Error).message !== 'rolled back on purpose') throw error
    }
  }
}

export function describeFaults(stage: Stage): void {
  for (const seed of [1, 2, 3]) {
    it(`loses nothing and repeats nothing under many unlike writers and two processes (seed ${seed})`, async () => {
      const first = await stage.start(recorder('one'), recorder('two', { batchSize: 7 }))
      const second = await stage.start(recorder('one'), recorder('two', { batchSize: 7 }), recorder('three'))
      const writers = [first, second].flatMap((process, at) =>
        [0, 1, 2].map((writer) => writeAtRandom(process, at * 10 + writer, 40, seed)),
      )
      await Promise.all(writers)
      await Promise.all([first.bus.whenQuiet(20_000), second.bus.whenQuiet(20_000)])
      expect(await checkInvariants(stage, ['one', 'two', 'three'])).toEqual([])
    })
  }

  it('loses nothing and repeats nothing while connections are cut at random', async () => {
    const first = await stage.start(recorder('one'), recorder('two', { batchSize: 7 }))
    const second = await stage.start(recorder('one'), recorder('two', { batchSize: 7 }))
    const admin = await stage.connect('postgres')
    const chance = seeded(4)
    let writing = true
    const cutting = (async () => {
      while (writing) {
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and usename = 'assay_app' and random() < $1`,
          [chance() * 0.3],
        )
        await new Promise((resolve) => setTimeout(resolve, chance() * 100))
      }
    })()
    await Promise.all(
      [first, second].flatMap((process, at) =>
        [0, 1, 2].map((writer) => writeAtRandom(process, at * 10 + writer, 60, 4, true)),
      ),
    )
    writing = false
    await cutting
    await Promise.all([first.bus.whenQuiet(20_000), second.bus.whenQuiet(20_000)])
    expect(await checkInvariants(stage, ['one', 'two'])).toEqual([])
    expect(await first.bus.listDeadLetters()).toEqual([])
  })

  it('does a batch over when its connection is cut in the middle, and its effects once', async () => {
    const inside = makeGate()
    const gate = makeGate()
    let times = 0
    const process = await stage.start(
      recorder('one', {
        after: async () => {
          times += 1
          if (times > 1) return
          inside.open()
          await gate.opened
        },
      }),
    )
    await process.database.transaction(schoolA, (tx) =>
      process.bus.publish(
        tx,
        [1, 2, 3].map((n) => counted(n)),
      ),
    )
    await inside.opened
    const admin = await stage.connect('postgres')
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = 'assay_app'`)
    gate.open()
    await process.bus.whenQuiet(15_000)
    expect(times).toBeGreaterThan(1)
    expect(await numbers(stage.look, 'one')).toEqual([1, 2, 3])
    expect(await process.bus.listDeadLetters()).toEqual([])
  })

  it('lets the batch under way commit when it is stopped, and goes on from there when it is started again', async () => {
    const inside = makeGate()
    const gate = makeGate()
    const first = await stage.start(
      recorder('one', {
        batchSize: 1,
        after: async () => {
          inside.open()
          await gate.opened
        },
      }),
    )
    await first.database.transaction(schoolA, (tx) =>
      first.bus.publish(
        tx,
        [1, 2, 3].map((n) => counted(n)),
      ),
    )
    await inside.opened
    const stopped = first.bus.stop()
    gate.open()
    await stopped
    expect(await numbers(stage.look, 'one')).toEqual([1])
    const second = await stage.start(recorder('one'))
    await second.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 2, 3])
  })

  it('gives each event to one of two processes, and to the other when the first stops', async () => {
    const first = await stage.start(recorder('one'))
    const second = await stage.start(recorder('one'))
    for (const n of [1, 2]) await publishOne(second, n)
    await second.bus.whenQuiet(10_000)
    await first.bus.stop()
    for (const n of [3, 4]) await publishOne(second, n)
    await second.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 2, 3, 4])
  })

  it('takes over from a process that was killed in the middle of a batch', async () => {
    const writer = await stage.start()
    await writer.database.transaction(schoolA, (tx) =>
      writer.bus.publish(
        tx,
        Array.from({ length: 200 }, (_, n) => counted(n)),
      ),
    )
    const child = spawn(process.execPath, [childProgram, stage.world.url('assay_app')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      // It prints a line within each batch, before it commits.
      await untilLines(child, 3)
      const standby = await stage.start(recorder('one', { batchSize: 10 }))
      child.kill('SIGKILL')
      await once(child, 'exit')
      await standby.bus.whenQuiet(20_000)
      expect(await checkInvariants(stage, ['one'])).toEqual([])
      expect((await numbers(stage.look, 'one')).length).toBe(200)
    } finally {
      child.kill('SIGKILL')
    }
  })

  for (const how of ['stopped', 'killed'] as const) {
    it(`loses nothing when the database is ${how} and started in the middle, and recovers by itself`, () =>
      interruptServer(stage, how))
  }
}

async function interruptServer(stage: Stage, how: 'stopped' | 'killed'): Promise<void> {
  const process = await stage.start(recorder('one'), recorder('two'))
  let over = false
  let acknowledged = 0
  const writer = (async () => {
    for (let n = 0; !over; n += 1) {
      try {
        await publishOne(process, n)
        acknowledged += 1
      } catch {
        // Not acknowledged: it may or may not be there.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  })()
  const growBy = async (count: number) => {
    const from = acknowledged
    await until(() => acknowledged >= from + count, `${count} more were acknowledged`)
  }
  await growBy(20)
  await stage.look.end()
  await stage.world.stopServer(how)
  expect(await process.bus.health()).toMatchObject([{ name: 'one', assigned: false }, { name: 'two' }])
  await stage.world.startServer()
  await growBy(20)
  over = true
  await writer
  await process.bus.whenQuiet(20_000)
  const look = await stage.connect('assay_owner')
  const complaints = await checkInvariants({ ...stage, look } as Stage, ['one', 'two'])
  expect(complaints).toEqual([])
  // What a killed server has acknowledged it keeps only with fsync on; what it keeps is handled once.
  if (how === 'stopped') expect((await numbers(look, 'one')).length).toBeGreaterThanOrEqual(acknowledged)
  expect(await process.bus.listDeadLetters()).toEqual([])
}

async function untilLines(child: ChildProcess, count: number): Promise<void> {
  let lines = 0
  child.stdout?.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1
  })
  await until(() => lines >= count, `the child has begun ${count} batches`)
}
