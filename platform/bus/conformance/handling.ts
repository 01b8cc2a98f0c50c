import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { GiveUp, newEvent, onEvent, TryLater } from '#platform/bus/bus.ts'
import {
  cause,
  Counted,
  counted,
  insertEffects,
  listEffects,
  makeGate,
  Noted,
  noted,
  numbers,
  publishOne,
  recorder,
  schoolA,
  Uncounted,
  until,
  type Stage,
} from '#platform/bus/conformance/kit.ts'

export function describePoison(stage: Stage): void {
  const poisonAt =
    (bad: number, error: () => Error, tries: number[]) =>
    (events: readonly { data: unknown }[]): void => {
      if (!events.some((event) => (event.data as { n: number }).n === bad)) return
      if (events.length === 1) tries.push(performance.now())
      throw error()
    }

  it('tries a poisonous event three times within ten seconds, puts it aside and goes on with its key', async () => {
    const tries: number[] = []
    const process = await stage.start(
      recorder('one', { before: poisonAt(2, () => new Error('cannot'), tries) }),
      recorder('two'),
    )
    await process.database.transaction(schoolA, (tx) =>
      process.bus.publish(
        tx,
        [1, 2, 3].map((n) => counted(n)),
      ),
    )
    await process.bus.whenQuiet(15_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 3])
    expect(await numbers(stage.look, 'two')).toEqual([1, 2, 3])
    expect(tries.length).toBe(3)
    expect((tries.at(-1) ?? 0) - (tries[0] ?? 0)).toBeLessThan(10_000)
    const letters = await process.bus.listDeadLetters()
    expect(letters).toMatchObject([
      { subscription: 'one', type: Counted.type, error: 'Error: cannot', tries: 3 },
    ])
  })

  it('counts the try of an event that came alone', async () => {
    const tries: number[] = []
    const process = await stage.start(
      recorder('one', { before: poisonAt(1, () => new Error('cannot'), tries) }),
    )
    await publishOne(process, 1)
    await process.bus.whenQuiet(15_000)
    expect(tries.length).toBe(3)
    expect(await process.bus.listDeadLetters()).toMatchObject([{ tries: 3 }])
  })

  it('puts an event aside at once when its handler gives up', async () => {
    const tries: number[] = []
    const process = await stage.start(
      recorder('one', { before: poisonAt(2, () => new GiveUp('the essay is gone'), tries) }),
    )
    for (const n of [1, 2, 3]) await publishOne(process, n)
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 3])
    expect(await process.bus.listDeadLetters()).toMatchObject([
      { error: 'GiveUp: the essay is gone', tries: 1 },
    ])
  })

  it('puts aside what its own definition does not accept, and says where but not what', async () => {
    const process = await stage.start(recorder('one'))
    const odd = newEvent({ event: Uncounted, schoolId: schoolA, key: 'k', cause, data: { n: 'a secret' } })
    await process.database.transaction(schoolA, (tx) =>
      process.bus.publish(tx, [counted(1), odd, counted(3)]),
    )
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 3])
    const [letter] = await process.bus.listDeadLetters()
    expect(letter?.error).toContain('n invalid_type')
    expect(letter?.error).not.toContain('secret')
  })

  it('puts nothing aside for a fault of the database, however often it comes', async () => {
    let faults = 0
    const process = await stage.start(
      recorder('one', {
        before: () => {
          faults += 1
          if (faults <= 5) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
        },
      }),
    )
    await publishOne(process, 1)
    await process.bus.whenQuiet(15_000)
    expect(await numbers(stage.look, 'one')).toEqual([1])
    expect(await process.bus.listDeadLetters()).toEqual([])
  })

  it('puts nothing aside for what its handler wants to try later', async () => {
    let contended = 4
    const process = await stage.start(
      recorder('one', {
        before: () => {
          contended -= 1
          if (contended > 0) throw new TryLater('the slot is contended')
        },
      }),
    )
    await publishOne(process, 1)
    await process.bus.whenQuiet(15_000)
    expect(await numbers(stage.look, 'one')).toEqual([1])
    expect(await process.bus.listDeadLetters()).toEqual([])
  })

  it('takes a swallowed database error for a failure, not for success', async () => {
    const process = await stage.start(
      recorder('one', {
        after: (_, tx) =>
          sql`select 1 / 0`.execute(tx).then(
            () => {},
            () => {},
          ),
      }),
    )
    await publishOne(process, 1)
    await process.bus.whenQuiet(15_000)
    expect(await numbers(stage.look, 'one')).toEqual([])
    expect((await process.bus.listDeadLetters()).length).toBe(1)
  })
}

export function describeBatches(stage: Stage): void {
  it('commits a batch, its effects and what they publish in one transaction', async () => {
    let fail = true
    const process = await stage.start(
      {
        name: 'asks',
        from: 'beginning',
        handlers: [
          onEvent({
            event: Counted,
            handle: async (tx, events) => {
              await insertEffects(tx, 'asks', events)
              await process.bus.publish(
                tx,
                events.map((event) => noted(event.data.n, event.key)),
              )
              if (fail) {
                fail = false
                throw Object.assign(new Error('serialization'), { code: '40001' })
              }
            },
          }),
        ],
      },
      {
        name: 'hears',
        from: 'beginning',
        handlers: [onEvent({ event: Noted, handle: (tx, events) => insertEffects(tx, 'hears', events) })],
      },
    )
    for (const n of [1, 2, 3]) await publishOne(process, n)
    await process.bus.whenQuiet(10_000)
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'asks')).toEqual([1, 2, 3])
    expect(await numbers(stage.look, 'hears')).toEqual([1, 2, 3])
  })

  it('prepares outside any transaction, and the next batch while the present one commits', async () => {
    const writer = await stage.start()
    await writer.database.transaction(schoolA, (tx) =>
      writer.bus.publish(
        tx,
        [1, 2].map((n) => counted(n)),
      ),
    )
    const preparedSecond = makeGate()
    const seen: string[] = []
    const process = await stage.start({
      name: 'slow',
      from: 'beginning',
      batchSize: 1,
      handlers: [
        onEvent({
          event: Counted,
          prepare: async (events) => {
            const n = events[0]?.data.n
            seen.push(`prepare ${n}`)
            if (n === 2) preparedSecond.open()
            return n
          },
          handle: async (tx, events, prepared) => {
            // The first cannot commit before the second is being prepared.
            await preparedSecond.opened
            seen.push(`handle ${prepared}`)
            await insertEffects(tx, 'slow', events)
          },
        }),
      ],
    })
    await process.bus.whenQuiet(10_000)
    expect(seen).toEqual(['prepare 1', 'prepare 2', 'handle 1', 'handle 2'])
  })

  it('moves on over events it does not hear, and reports no lag for them', async () => {
    const process = await stage.start(recorder('one'))
    const last = await process.database.transaction(schoolA, async (tx) => {
      await process.bus.publish(tx, [noted(1), noted(2)])
      return (
        (await sql<{ seq: number }>`select max(seq) as seq from bus.events`.execute(tx)).rows[0]?.seq ?? 0
      )
    })
    await process.bus.whenQuiet(10_000)
    expect(await process.bus.health()).toMatchObject([{ name: 'one', assigned: true, lag: 0 }])
    await until(async () => (await process.bus.health())[0]?.position === last, 'the position has moved on')
  })

  it('counts what waits, and says so when quiet does not come', async () => {
    const gate = makeGate()
    const process = await stage.start(recorder('one', { batchSize: 1, before: () => gate.opened }))
    for (const n of [1, 2, 3]) await publishOne(process, n)
    await expect(process.bus.whenQuiet(50)).rejects.toThrow(/one/)
    expect(await process.bus.health()).toMatchObject([{ lag: 3, lastHandledAt: null }])
    gate.open()
    await process.bus.whenQuiet(10_000)
    expect(await process.bus.health()).toMatchObject([{ lag: 0, lastHandledAt: expect.any(String) }])
  })
}

export function describeReplay(stage: Stage): void {
  it('takes a projection that has emptied its tables back to the beginning', async () => {
    const process = await stage.start(recorder('one'), recorder('two'))
    for (const n of [1, 2, 3]) await publishOne(process, n)
    await process.bus.whenQuiet(10_000)
    await stage.look.query("delete from public.effects where subscription = 'one'")
    await process.bus.replayFromBeginning('one')
    await process.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 2, 3])
    expect(await numbers(stage.look, 'two')).toEqual([1, 2, 3])
  })

  it('takes it back also when another process has the subscription', async () => {
    const first = await stage.start(recorder('one'))
    const second = await stage.start(recorder('one'))
    for (const n of [1, 2]) await publishOne(second, n)
    await first.bus.whenQuiet(10_000)
    await stage.look.query('delete from public.effects')
    await second.bus.replayFromBeginning('one')
    await second.bus.whenQuiet(10_000)
    expect(await numbers(stage.look, 'one')).toEqual([1, 2])
  })

  it('hands a dead letter over again, late, and it is gone once that succeeds', async () => {
    let broken = true
    const process = await stage.start(
      recorder('one', {
        before: (events) => {
          if (broken && events.some((event) => (event.data as { n: number }).n === 1))
            throw new GiveUp('not yet')
        },
      }),
    )
    for (const n of [1, 2]) await publishOne(process, n)
    await process.bus.whenQuiet(10_000)
    const [letter] = await process.bus.listDeadLetters()
    const seq = letter?.seq ?? 0
    await expect(process.bus.replayDeadLetter('one', seq)).rejects.toThrow('not yet')
    const [kept, ...more] = await process.bus.listDeadLetters()
    expect([kept?.tries, more]).toEqual([(letter?.tries ?? 0) + 1, []])
    broken = false
    await process.bus.replayDeadLetter('one', seq)
    expect(await process.bus.listDeadLetters()).toEqual([])
    expect(await numbers(stage.look, 'one')).toEqual([2, 1])
    await expect(process.bus.replayDeadLetter('one', seq)).rejects.toThrow('no dead letter')
  })

  it('handles each event once although it is read from the table after memory has forgotten it', async () => {
    const writer = await stage.start()
    for (let n = 0; n < 5; n += 1) {
      await writer.database.transaction(schoolA, (tx) =>
        writer.bus.publish(
          tx,
          Array.from({ length: 300 }, (_, i) => counted(n * 300 + i)),
        ),
      )
    }
    const process = await stage.start(recorder('one'))
    await process.bus.whenQuiet(20_000)
    const effects = await listEffects(stage.look, 'one')
    expect(effects.map((row) => row.n)).toEqual(Array.from({ length: 1500 }, (_, n) => n))
  })
}
