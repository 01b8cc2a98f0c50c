import { exponent, row, type BenchOptions, type Row } from './harness.ts'
import { rung, type Rung } from './ladder.ts'

/** Whether thirty times the essays cost thirty times as much. */
export async function benchGrowth(options: BenchOptions): Promise<Row[]> {
  const rungs: Rung[] = []
  for (const size of options.quick ? [10, 40] : [100, 300, 1000, 3000]) rungs.push(await rung(size, options))
  const largest = rungs.at(-1)!
  const grow = (pick: (rung: Rung) => number) => [
    exponent(rungs.map((each) => ({ size: each.size, total: pick(each) }))),
  ]
  const range = `${rungs[0]!.size} to ${largest.size} essays`
  const demand = { atMost: 1.05, goal: 1 }
  return [
    row(
      `exponent of CPU seconds, ${range}`,
      grow((each) => each.cpuSeconds),
      demand,
    ),
    row(
      `exponent of commits, ${range}`,
      grow((each) => each.commits),
      demand,
    ),
    row(
      `exponent of WAL, ${range}`,
      grow((each) => each.walBytes),
      demand,
    ),
    row(`  CPU ms an essay at ${largest.size}`, [(largest.cpuSeconds * 1000) / largest.size]),
    row(`  commits an essay at ${largest.size}`, [largest.commits / largest.size]),
    row(`  WAL kB an essay at ${largest.size}`, [largest.walBytes / 1000 / largest.size]),
  ]
}
