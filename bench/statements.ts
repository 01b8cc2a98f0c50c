import { Corpus } from './corpus.ts'
import { row, type BenchOptions, type Row } from './harness.ts'
import { Program } from './program.ts'

/** Commits and statements of a run, by essay. Statements are those of pg_stat_statements: begin and commit count. */
export async function benchStatements({ quick, say }: BenchOptions): Promise<Row[]> {
  const sizes = quick ? [30] : [100, 100, 100]
  const phases = 2
  const corpus = await Corpus.open()
  const program = await Program.start({ countStatements: true })
  try {
    await program.runBatch(await corpus.make(quick ? 10 : 60))
    const perPhase: number[] = []
    const perEssay: number[] = []
    let before = await program.settledCommits()
    for (const size of sizes) {
      const files = await corpus.make(size)
      const earlier = new Map((await program.statements()).map(({ text, calls }) => [text, calls]))
      const batch = await program.runBatch(files)
      const statements = (await program.statements()).map(({ text, calls }) => ({
        text,
        calls: calls - (earlier.get(text) ?? 0),
      }))
      const after = await program.settledCommits()
      const commits = after.commits - before.commits - before.idlePerSecond * 11 - batch.looks
      before = after
      perPhase.push(commits / size / phases)
      perEssay.push(statements.reduce((sum, each) => sum + each.calls, 0) / size)
      say(`statements: ${size} essays, ${commits.toFixed(0)} commits`)
      if (process.env.BENCH_SHOW_STATEMENTS)
        for (const { text, calls } of statements.toSorted((a, b) => b.calls - a.calls).slice(0, 60))
          say(`${String(calls).padStart(6)}  ${text.replace(/\s+/g, ' ').slice(0, 150)}`)
    }
    return [
      row('commits an essay and phase, 100 essays', perPhase, { atMost: 2, goal: 0.2 }),
      row('statements an essay in all, 100 essays', perEssay, { atMost: 25, goal: 10 }),
    ]
  } finally {
    await program.stop()
    await corpus.remove()
  }
}
