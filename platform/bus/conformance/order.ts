import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { newEvent } from '#platform/bus/bus.ts'
import {
  beginByHand,
  cause,
  Counted,
  counted,
  insertByHand,
  makeGate,
  noted,
  numbers,
  publishOne,
  recorder,
  schoolA,
  schoolB,
  until,
  type Stage,
} from '#platform/bus/conformance/kit.ts'

export function describeOrder(stage: Stage): void {
  it('hands the events of a key over in the order of the log, to every subscription', async () => {
    const process = await stage.start(recorder('one'), recorder('two', { batchSize: 3 }))
    for (let n = 0; n < 20; n += 1) await publishOne(process, n)
    await process.bus.whenQuiet(10_000)
    const expected = Array.from({ length: 20 }, (_, n) => n)
    expect(await numbers(stage.look, 'one')).toEqual(expected)
    expect(await numbers(stage.look, 'two')).toEqual(expected)
  })

  it('keeps the order of events that were published together', async () => {
    const process = await stage.start(recorder('one'))
    const events = Array.from({ length: 50 }, (_, n) => counted(n))
    await process.database.transaction(schoolA, (tx) => process.bus.publish(tx, events))
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual(events.map((_, n) => n))
  })

  it('starts a new subscription at the beginning or at now, as it says', async () => {
    const first = await stage.start()
    await publishOne(first, 1)
    const second = await stage.start(recorder('from-beginning'), recorder('from-now', { from: 'now' }))
    await publishOne(first, 2)
    await second.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'from-beginning')).toEqual([1, 2])
    expect(await numbers(stage.look, 'from-now')).toEqual([2])
  })

  it('gives everything to a subscription that hears everything, school by school', async () => {
    const runs: { school: string; set: string; types: string[]; seqs: number[] }[] = []
    const process = await stage.start({
      name: 'all',
      from: 'beginning',
      handlers: [],
      everything: async (tx, events) => {
        const { rows } = await sql<{
          school: string
        }>`select current_setting('assay.school_id') as school`.execute(tx)
        runs.push({
          school: events[0]?.schoolId ?? '',
          set: rows[0]?.school ?? '',
          types: events.map((each) => each.type),
          seqs: events.map((each) => each.seq),
        })
      },
    })
    for (const school of [schoolA, schoolB, schoolA]) {
      await process.database.transaction(school, (tx) =>
        process.bus.publish(tx, [counted(1, 'k', school), noted(2, 'k', school)]),
      )
    }
    await process.bus.whenQuiet(10_000)
    expect(runs.flatMap((run) => run.types)).toEqual(
      [1, 2, 3].flatMap(() => ['conformance.counted', 'conformance.noted']),
    )
    expect(runs.every((run) => run.school === run.set)).toBe(true)
    const seqs = runs.flatMap((run) => run.seqs)
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
  })

  it('refuses to publish what does not fit the definition of its event', async () => {
    const process = await stage.start()
    const wrong = newEvent({
      event: Counted,
      schoolId: schoolA,
      key: 'k',
      cause,
      data: { n: 'one' as never },
    })
    await expect(
      process.database.transaction(schoolA, (tx) => process.bus.publish(tx, [wrong])),
    ).rejects.toThrow(TypeError)
  })

  it('refuses to publish for another school than that of the transaction', async () => {
    const process = await stage.start()
    await expect(
      process.database.transaction(schoolB, (tx) => process.bus.publish(tx, [counted(1)])),
    ).rejects.toThrow(/row-level security/)
  })
}

export function describeWriters(stage: Stage): void {
  it('hands over what was committed and nothing that was rolled back', async () => {
    const process = await stage.start(recorder('one'))
    await publishOne(process, 1)
    const failing = process.database.transaction(schoolA, async (tx) => {
      await process.bus.publish(tx, [counted(2), counted(3)])
      throw new Error('the business failed')
    })
    await expect(failing).rejects.toThrow('the business failed')
    await publishOne(process, 4)
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 4])
  })

  it('hands over nothing of a savepoint that was rolled back while its transaction committed', async () => {
    const process = await stage.start(recorder('one'))
    await process.database.transaction(schoolA, async (tx) => {
      await process.bus.publish(tx, [counted(1)])
      await sql`savepoint maybe`.execute(tx)
      await process.bus.publish(tx, [counted(2)])
      await sql`rollback to maybe`.execute(tx)
      await process.bus.publish(tx, [counted(3)])
    })
    await publishOne(process, 4)
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 3, 4])
  })

  it('waits for a slow writer and keeps the order', async () => {
    const process = await stage.start(recorder('one'))
    const gate = makeGate()
    const wrote = makeGate()
    const slow = process.database.transaction(schoolA, async (tx) => {
      await process.bus.publish(tx, [counted(1)])
      wrote.open()
      await gate.opened
    })
    await wrote.opened
    await publishOne(process, 2)
    await stage.world.lookedTwice(process.bus)
    expect(await numbers(stage.look, 'one')).toEqual([])
    gate.open()
    await slow
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 2])
  })

  it('does not lose the late writer: a later id, an earlier place, the last commit', async () => {
    const process = await stage.start(recorder('one'))
    const a = await stage.connect('assay_app')
    const b = await stage.connect('assay_app')
    await beginByHand(a)
    await a.query('select pg_current_xact_id()')
    await beginByHand(b)
    const earlier = await insertByHand(b, 1)
    const later = await insertByHand(a, 2)
    expect(earlier).toBeLessThan(later)
    await a.query('commit')
    await stage.world.lookedTwice(process.bus)
    await stage.world.lookedTwice(process.bus)
    expect(await numbers(stage.look, 'one')).toEqual([])
    await b.query('commit')
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 2])
  })

  it('waits for a prepared transaction anywhere in the cluster before it skips a hole', async () => {
    const process = await stage.start(recorder('one'))
    const elsewhere = await stage.connect('postgres')
    await elsewhere.query('begin')
    await elsewhere.query('select pg_current_xact_id()')
    await elsewhere.query("prepare transaction 'foreign'")
    const writer = await stage.connect('assay_app')
    await beginByHand(writer)
    await insertByHand(writer, 1)
    await writer.query('rollback')
    await publishOne(process, 2)
    await stage.world.lookedTwice(process.bus)
    await stage.world.lookedTwice(process.bus)
    expect(await numbers(stage.look, 'one')).toEqual([])
    await elsewhere.query("rollback prepared 'foreign'")
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([2])
  })

  it('finds what another program wrote without telling anyone', async () => {
    await stage.start(recorder('one'))
    const writer = await stage.connect('assay_app')
    await beginByHand(writer)
    await insertByHand(writer, 7)
    await writer.query('commit')
    await until(async () => (await numbers(stage.look, 'one')).length === 1, 'the poll has found it')
  })
}
