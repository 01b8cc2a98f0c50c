import type pg from 'pg'
import { afterEach, beforeEach, describe } from 'vitest'
import { describeFaults } from '#platform/bus/conformance/faults.ts'
import { describeBatches, describePoison, describeReplay } from '#platform/bus/conformance/handling.ts'
import { type BusProcess, type BusWorld, effectsTable, type Stage } from '#platform/bus/conformance/kit.ts'
import { describeOrder, describeWriters } from '#platform/bus/conformance/order.ts'

/** The suite every implementation of the log's port passes. `makeWorld` makes an empty log. */
export function describeBusConformance(name: string, makeWorld: () => Promise<BusWorld>): void {
  describe(`${name} conforms to the port of the log`, () => {
    let world: BusWorld
    let look: pg.Client
    let open: BusProcess[] = []
    let clients: pg.Client[] = []

    beforeEach(async () => {
      world = await makeWorld()
      look = await world.connect('assay_owner')
      await look.query(effectsTable)
    })
    afterEach(async () => {
      await Promise.all(open.map((process) => process.end()))
      await Promise.all([look, ...clients].map((client) => client.end().catch(() => {})))
      open = []
      clients = []
      await world.close()
    })

    const stage: Stage = {
      get world() {
        return world
      },
      get look() {
        return look
      },
      async start(...subscriptions) {
        const process = world.open()
        open.push(process)
        for (const subscription of subscriptions) process.bus.subscribe(subscription)
        await process.bus.start()
        return process
      },
      async connect(role) {
        const client = await world.connect(role)
        clients.push(client)
        return client
      },
    }
    describeOrder(stage)
    describeWriters(stage)
    describePoison(stage)
    describeBatches(stage)
    describeReplay(stage)
    describeFaults(stage)
  })
}
