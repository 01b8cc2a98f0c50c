// One program that takes ever larger batches: growth, memory and event-loop delay are read from the same rungs.
import { Corpus } from './corpus.ts'
import type { BenchOptions } from './harness.ts'
import { watchMemory } from './processes.ts'
import { Program } from './program.ts'

export interface Rung {
  size: number
  cpuSeconds: number
  walBytes: number
  /** Read and idle transactions of the run's own time too. */
  commits: number
  /** Peak PSS of all processes, MB. */
  memory: number
  /** Delay of the server's event loop, ms. */
  loop: { p50: number; p99: number; max: number }
  seconds: number
}

interface Ladder {
  program: Program
  corpus: Corpus
  rungs: Map<number, Promise<Rung>>
}

let opened: Promise<Ladder> | null = null

/** Climbs to a size, or says what it cost when it was climbed before. */
export async function rung(size: number, options: BenchOptions): Promise<Rung> {
  opened ??= open()
  const ladder = await opened
  let found = ladder.rungs.get(size)
  if (!found) ladder.rungs.set(size, (found = climb(ladder, size, options)))
  return found
}

async function open(): Promise<Ladder> {
  const ladder = {
    program: await Program.start({ watchLoop: true }),
    corpus: await Corpus.open(),
    rungs: new Map(),
  }
  await ladder.program.runBatch(await ladder.corpus.make(60))
  return ladder
}

async function climb({ program, corpus }: Ladder, size: number, { say }: BenchOptions): Promise<Rung> {
  const files = await corpus.make(size)
  const idle = await program.settledCommits()
  const before = await program.totals()
  await program.loop()
  const stop = watchMemory(program.pid)
  const batch = await program.runBatch(files, { lookEveryMs: 250 })
  const { peak, byKind } = stop()
  const loop = await program.loop()
  const after = await program.totals()
  const settled = await program.settledCommits()
  const kinds = Object.entries(byKind).map(([kind, mb]) => `${kind} ${mb.toFixed(0)} MB`)
  say(
    `ladder: ${size} essays in ${batch.seconds.toFixed(1)} s, ${kinds.join(', ')}, loop ${JSON.stringify(loop)}`,
  )
  return {
    size,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    walBytes: after.walBytes - before.walBytes,
    commits: settled.commits - idle.commits - idle.idlePerSecond * 11 - batch.looks,
    memory: peak,
    loop,
    seconds: batch.seconds,
  }
}

export async function closeLadder(): Promise<void> {
  const ladder = await opened
  opened = null
  await ladder?.program.stop()
  await ladder?.corpus.remove()
}
