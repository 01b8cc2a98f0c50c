import { Bare } from './bare.ts'
import { Corpus } from './corpus.ts'
import { interleave, ratios, row, type BenchOptions, type Row } from './harness.ts'
import { Program } from './program.ts'

/** What the pipeline costs over the bare functions, at the size of a school day and of an exam. */
export async function benchPipeline({ quick, say }: BenchOptions): Promise<Row[]> {
  const sizes = quick
    ? [{ size: 20, rounds: 2, atMost: 1.25 }]
    : [
        { size: 100, rounds: 5, atMost: 1.25 },
        { size: 1000, rounds: 3, atMost: 1.15 },
      ]
  const corpus = await Corpus.open()
  const program = await Program.start()
  const bare = new Bare()
  try {
    // Engines, caches and compiled code on both sides.
    const warm = await corpus.make(quick ? 20 : 100)
    await bare.run(warm)
    await program.runBatch(warm)
    const rows: Row[] = []
    for (const { size, rounds, atMost } of sizes) rows.push(...(await measure(size, rounds, atMost)))
    return rows
  } finally {
    await Promise.all([bare.close(), program.stop()])
    await corpus.remove()
  }

  async function measure(size: number, rounds: number, atMost: number): Promise<Row[]> {
    const fromSending: number[] = []
    const programCpu: number[] = []
    const bareCpu: number[] = []
    const classes: Awaited<ReturnType<typeof corpus.make>>[] = []
    const other: typeof classes = []
    for (let round = 0; round < rounds; round++) {
      classes.push(await corpus.make(size))
      other.push(await corpus.make(size))
    }
    const figures = await interleave(rounds, {
      full: async (round) => {
        const before = await program.totals()
        const { seconds, secondsFromSending } = await program.runBatch(classes[round]!)
        fromSending.push(secondsFromSending)
        programCpu.push((await program.totals()).cpuSeconds - before.cpuSeconds)
        say(`pipeline: ${size} essays in ${seconds.toFixed(2)} s`)
        return seconds
      },
      bare: async (round) => {
        const { seconds, cpuSeconds } = await bare.run(classes[round]!)
        bareCpu.push(cpuSeconds)
        say(`pipeline: ${size} essays bare in ${seconds.toFixed(2)} s`)
        return seconds
      },
      // The same again over other essays: those of the same class would be remembered by the grammar checker.
      again: async (round) => (await bare.run(other[round]!)).seconds,
    })
    return [
      row(`pipeline ÷ bare, ${size} essays, wall time`, ratios(figures.full, figures.bare), {
        atMost,
        goal: 1.08,
      }),
      row(`  the same from the first byte sent`, ratios(fromSending, figures.bare)),
      row(`  the same in CPU seconds of all processes`, ratios(programCpu, bareCpu)),
      row(`  noise: bare ÷ bare`, ratios(figures.again, figures.bare)),
      row(
        `  bare, essays a second`,
        figures.bare.map((seconds) => size / seconds),
      ),
      row(
        `  bare, CPU ms an essay`,
        bareCpu.map((seconds) => (seconds * 1000) / size),
      ),
      row(
        `  pipeline, CPU ms an essay`,
        programCpu.map((seconds) => (seconds * 1000) / size),
      ),
    ]
  }
}
