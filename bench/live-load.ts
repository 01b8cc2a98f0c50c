// Live delivery beside something else: a class that is being worked on, and one socket that nobody reads.
import type { BatchId } from '#contracts/common.ts'
import { Corpus } from './corpus.ts'
import { interleave, quantile, ratios, row, type BenchOptions, type Row } from './harness.ts'
import { now } from './live-server.ts'
import { openSocket, publish, startServerProcess, type World } from './live-world.ts'
import { Program } from './program.ts'

const users = 25
const socketsEach = 20
/** A round sends the slow one 30 MB: more than the kernel keeps for a socket, and more than the server's patience. */
const longReason = 'x'.repeat(24_000)
const longAtOnce = 20

/**
 * 500 sockets are told of one thing after the other, while a person beside them is told of much more. In every second
 * turn that person's socket is never read.
 */
export async function slowReader(world: World, options: BenchOptions): Promise<Row> {
  options.say('live: one slow reader among 500')
  const child = await startServerProcess(world, 10_000)
  const [busy, ...rest] = world.users
  const tokens = rest
    .slice(0, options.quick ? 2 : users)
    .flatMap((user) => Array.from({ length: socketsEach }, () => user))
  const events = options.quick ? 5 : 60
  try {
    const sockets = await Promise.all(tokens.map((token) => openSocket(child.url, token)))
    let received: number[] = []
    let all: () => void = () => {}
    for (const socket of sockets)
      socket.on('message', (data: Buffer) => {
        if (!data.includes('"id"')) return
        received.push(now())
        if (received.length === sockets.length) all()
      })
    /** Milliseconds from the commit of an event's notifications to each socket, of all events; the p95. */
    const p95 = async (reads: boolean): Promise<number> => {
      const socket = await openSocket(child.url, busy)
      if (!reads) socket.pause()
      const values: number[] = []
      for (let event = 0; event < events; event += 1) {
        await publish(
          world,
          Array.from({ length: longAtOnce }, () => world.ofOne),
          world.bus,
          longReason,
        )
        await child.next('committed')
        received = []
        const everyone = new Promise<void>((resolve) => (all = resolve))
        const committed = child.next('committed')
        await publish(world, [world.ofAll])
        const { at } = await committed
        await everyone
        values.push(...received.map((time) => time - at))
      }
      socket.terminate()
      return quantile(values, 0.95)
    }
    const { slow, alike } = await interleave(options.quick ? 1 : 5, {
      alike: () => p95(true),
      slow: () => p95(false),
    })
    for (const socket of sockets) socket.terminate()
    return row(
      `one of ${sockets.length + 1} sockets is not read: p95 of the others ÷ when it is`,
      ratios(slow, alike),
      { atMost: 1.5 },
    )
  } finally {
    await child.stop()
  }
}

interface Notification {
  type: string
  at: string
  batchId: BatchId
}

/**
 * The program works on 100 essays while its owner listens: milliseconds from the moment an event is written (a
 * little before its commit) to the client's handler.
 */
export async function latencyWhileRunning(options: BenchOptions): Promise<Row[]> {
  options.say('live: while 100 essays run')
  const corpus = await Corpus.open()
  const program = await Program.start()
  try {
    await program.runBatch(await corpus.make(options.quick ? 10 : 100))
    const rounds: number[] = []
    for (let round = 0; round < (options.quick ? 1 : 5); round += 1) {
      const files = await corpus.make(options.quick ? 10 : 100)
      const values: number[] = []
      const socket = await openSocket(`${program.url.replace('http', 'ws')}/realtime`, program.token)
      socket.on('message', (data: Buffer) => {
        const received = Date.now()
        const frames = [JSON.parse(data.toString())].flat() as Notification[]
        for (const { at } of frames) if (at) values.push(received - Date.parse(at))
      })
      await program.runBatch(files)
      await program.whenQuiet()
      socket.terminate()
      options.say(`live: ${values.length} notifications, p50 ${quantile(values, 0.5)} ms`)
      rounds.push(quantile(values, 0.95) / 1000)
    }
    return [row('written to client while 100 essays run, p95, s', rounds, { atMost: 1, goal: 0.2 })]
  } finally {
    await program.stop()
    await corpus.remove()
  }
}
