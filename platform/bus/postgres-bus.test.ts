import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeBusConformance } from '#platform/bus/conformance.ts'
import { checkInvariants, writeAtRandom } from '#platform/bus/conformance/faults.ts'
import {
  beginByHand,
  type BusProcess,
  type BusWorld,
  counted,
  effectsTable,
  insertByHand,
  noted,
  numbers,
  publishOne,
  recorder,
  schoolA,
  type Stage,
  until,
} from '#platform/bus/conformance/kit.ts'
import { createPostgresBus, type PostgresBus, type PostgresBusOptions } from '#platform/bus/postgres-bus.ts'
import type { SettleRule } from '#platform/bus/settled.ts'
import { openDatabase } from '#platform/database/database.ts'
import { debian15Available, startTestServer, type TestServer } from '#platform/testing/test-server.ts'
import type { Bus } from '#platform/bus/bus.ts'

const pollMs = 50

async function makeWorld(server: TestServer, options: Partial<PostgresBusOptions> = {}): Promise<BusWorld> {
  const name = await server.createDatabase()
  const url: BusWorld['url'] = (role) =>
    ({ assay_app: server.appUrl, assay_owner: server.ownerUrl, postgres: server.adminUrl })[role](name)
  return {
    url,
    async connect(role = 'assay_app') {
      const client = new pg.Client({ connectionString: url(role) })
      // The server may be stopped under it.
      client.on('error', () => {})
      await client.connect()
      return client
    },
    open() {
      const database = openDatabase(url('assay_app'))
      const bus = createPostgresBus({ database, pollMs, ...options })
      return {
        bus,
        database,
        async end() {
          await bus.stop()
          await database.close()
        },
      }
    },
    async lookedTwice(bus: Bus) {
      const { metrics } = bus as PostgresBus
      const from = metrics().tail.looks
      await until(() => metrics().tail.looks >= from + 2, 'the bus has looked twice')
    },
    async stopServer(how) {
      if (how === 'killed' && server.pid) process.kill(server.pid, 'SIGQUIT')
      else await server.stop()
    },
    startServer: () => server.start(),
    close: () => server.dropDatabase(name),
  }
}

for (const version of ['18-embedded', '15-debian'] as const) {
  const there = version === '18-embedded' || debian15Available()
  if (!there) process.stderr.write('skipped: there is no PostgreSQL 15 of Debian on this machine\n')
  describe.skipIf(!there)(`PostgreSQL ${version}`, () => {
    let server: TestServer
    beforeAll(async () => {
      server = await startTestServer({ version })
    })
    afterAll(() => server.remove())
    describeBusConformance('the log', () => makeWorld(server))
    describeLog(() => server)
  })
}

function describeLog(getServer: () => TestServer): void {
  async function withStage<T>(
    options: Partial<PostgresBusOptions>,
    work: (
      stage: Stage,
      open: (...names: string[]) => Promise<BusProcess & { bus: PostgresBus }>,
    ) => Promise<T>,
  ): Promise<T> {
    const world = await makeWorld(getServer(), options)
    const look = await world.connect('assay_owner')
    await look.query(effectsTable)
    const closing: (() => Promise<unknown>)[] = [() => look.end()]
    const connect: Stage['connect'] = async (role) => {
      const client = await world.connect(role)
      closing.unshift(() => client.end())
      return client
    }
    const open = async (...names: string[]) => {
      const process = world.open()
      closing.unshift(() => process.end())
      for (const name of names) process.bus.subscribe(recorder(name))
      await process.bus.start()
      return process as BusProcess & { bus: PostgresBus }
    }
    try {
      return await work({ world, look, connect } as Stage, open)
    } finally {
      for (const close of closing) await close()
    }
  }

  it('draws the transaction id before the place, one place at a time', async () => {
    await withStage({}, async ({ look }) => {
      const { rows } = await look.query(`select (select attname from pg_attribute
          where attrelid = 'bus.events'::regclass and attnum = 1) as first,
        (select seqcache from pg_sequence where seqrelid = 'bus.events_seq'::regclass) as cache`)
      expect(rows[0]).toMatchObject({ first: 'tx', cache: '1' })
    })
  })

  it('shows the program no row of any school while none is set, before and after a commit', async () => {
    await withStage({}, async ({ connect }, open) => {
      const process = await open()
      await publishOne(process, 1)
      const app = await connect('assay_app')
      for (let round = 0; round < 2; round += 1) {
        for (const table of ['bus.events', 'bus.dead_letters']) {
          expect((await app.query(`select * from ${table}`)).rows).toEqual([])
        }
        await beginByHand(app)
        expect((await app.query('select * from bus.events')).rows.length).toBe(1)
        await app.query('commit')
      }
      await expect(app.query('delete from bus.events')).rejects.toThrow(/permission denied/)
      await expect(app.query('update bus.events set key = key')).rejects.toThrow(/permission denied/)
    })
  })

  it('names a foreign transaction that holds back the log, and a prepared one', async () => {
    await withStage({}, async ({ connect }, open) => {
      const process = await open()
      const foreign = await connect('postgres')
      await foreign.query("set application_name = 'a careless script'")
      await foreign.query('begin; select pg_current_xact_id()')
      const prepared = await connect('postgres')
      await prepared.query('begin; select pg_current_xact_id()')
      await prepared.query("prepare transaction 'forgotten'")
      const named = await until(async () => {
        const found = await process.bus.listLongTransactions(0.01)
        return found.length === 2 && found
      }, 'both are named')
      expect(named).toMatchObject([
        { application: 'a careless script', pid: expect.any(Number) },
        { preparedAs: 'forgotten', pid: null },
      ])
      expect(await process.bus.listLongTransactions()).toEqual([])
      await prepared.query("rollback prepared 'forgotten'")
    })
  })

  it('reads no statement for what this process publishes itself', async () => {
    await withStage({ pollMs: 60_000 }, async ({ look }, open) => {
      const process = await open('one')
      const before = process.bus.metrics().tail.looks
      for (let n = 0; n < 20; n += 1) await publishOne(process, n)
      await until(async () => (await numbers(look, 'one')).length === 20, 'all are handled')
      expect(process.bus.metrics().tail.looks - before).toBeLessThanOrEqual(1)
    })
  })

  it('wakes another process at once, and tells nobody when it is alone', async () => {
    await withStage({ pollMs: 60_000 }, async ({ look }, open) => {
      const first = await open('one')
      await publishOne(first, 1)
      await first.bus.whenQuiet(10_000)
      const alone = first.bus.metrics().notifications
      const second = await open()
      for (const n of [2, 3, 4]) await publishOne(second, n)
      await until(async () => (await numbers(look, 'one')).length === 4, 'the other process was told')
      expect(second.bus.metrics().notifications).toBeGreaterThan(0)
      expect(alone).toBeLessThanOrEqual(2)
    })
  })

  it('counts publications, failures, handled events, dead letters and the age of what waits', async () => {
    await withStage({}, async (_, open) => {
      const process = await open('one')
      await publishOne(process, 1)
      await process.database.transaction(schoolA, (tx) => process.bus.publish(tx, [noted(1), counted(2)]))
      await process.bus.whenQuiet(10_000)
      const metrics = process.bus.metrics()
      expect(metrics).toMatchObject({ published: 3, publishFailures: 0 })
      expect(metrics.subscriptions.one).toMatchObject({
        handled: 2,
        deadLetters: 0,
        oldestUnhandledSeconds: 0,
      })
      expect(metrics.publishSeconds.count).toBe(2)
    })
  })

  describe('a planted naive reader', () => {
    const naive: SettleRule = (state, seen) => {
      const safe = seen.seqs.at(-1) ?? state.safe
      return { safe, highest: safe, barrier: null }
    }

    it('loses the late writer', async () => {
      await withStage({ rule: naive }, async ({ world, connect, look }, open) => {
        const process = await open('one')
        const a = await connect('assay_app')
        const b = await connect('assay_app')
        await beginByHand(a)
        await beginByHand(b)
        await insertByHand(b, 1)
        await insertByHand(a, 2)
        await a.query('commit')
        await world.lookedTwice(process.bus)
        // Before the late writer commits: a subscription that is slow would read both from the table.
        await until(async () => (await numbers(look, 'one')).length === 1, 'the early writer was heard')
        await b.query('commit')
        await world.lookedTwice(process.bus)
        await process.bus.whenQuiet(10_000).catch(() => {})
        expect(await numbers(look, 'one')).toEqual([2])
      })
    })

    it('is found out by the random schedule', async () => {
      await withStage({ rule: naive }, async (stage, open) => {
        const [first, second] = [await open('one'), await open('one')]
        await Promise.all(
          [first, second].flatMap((each, at) =>
            [0, 1, 2].map((w) => writeAtRandom(each, at * 10 + w, 40, 1)),
          ),
        )
        await stage.world.lookedTwice(first.bus)
        await Promise.all([first, second].map((each) => each.bus.whenQuiet(1000).catch(() => {})))
        const complaints = await checkInvariants(stage, ['one'])
        expect(complaints.filter((each) => each.includes('lost')).length).toBeGreaterThan(0)
      })
    })
  })
}
