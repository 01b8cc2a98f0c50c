import { Corpus } from './corpus.ts'
import { row, type BenchOptions, type Row } from './harness.ts'
import { watchMemory } from './processes.ts'
import { Program } from './program.ts'

/** A class of 30 mixed files from upload to completed, engines warm: what a teacher's laptop notices of it. */
export async function benchClass({ quick, say }: BenchOptions): Promise<Row[]> {
  const rounds = quick ? 1 : 5
  const size = 30
  const corpus = await Corpus.open()
  const program = await Program.start()
  try {
    await program.runBatch(await corpus.make(quick ? 10 : 60))
    const cpu: number[] = []
    const memory: number[] = []
    const seconds: number[] = []
    const commits: number[] = []
    let before = await program.settledCommits()
    for (let round = 0; round < rounds; round++) {
      const files = await corpus.make(size)
      const { cpuSeconds } = await program.totals()
      const stop = watchMemory(program.pid)
      const began = performance.now()
      const batch = await program.runBatch(files)
      const busySeconds = (performance.now() - began) / 1000
      const { peak, byKind } = stop()
      cpu.push((await program.totals()).cpuSeconds - cpuSeconds)
      memory.push(peak)
      seconds.push(batch.seconds)
      const after = await program.settledCommits()
      // `before` was read and 11 idle seconds went by since: they are not the class's.
      commits.push(after.commits - before.commits - before.idlePerSecond * 11 - batch.looks)
      before = after
      say(
        `class: ${batch.seconds.toFixed(2)} s, busy ${busySeconds.toFixed(2)} s, ${Object.entries(byKind)
          .map(([kind, mb]) => `${kind} ${mb.toFixed(0)} MB`)
          .join(', ')}`,
      )
    }
    return [
      row(`class of ${size}, CPU seconds of all processes`, cpu, { atMost: 4, goal: 1 }),
      row(`class of ${size}, commits`, commits, { atMost: 150, goal: 60 }),
      row(`class of ${size}, peak PSS of all processes, MB`, memory, { atMost: 600, goal: 300 }),
      row(`  seconds from the first upload to completed`, seconds),
    ]
  } finally {
    await program.stop()
    await corpus.remove()
  }
}
