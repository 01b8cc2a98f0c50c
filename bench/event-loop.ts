import { row, type BenchOptions, type Row } from './harness.ts'
import { rung } from './ladder.ts'

export async function benchEventLoop(options: BenchOptions): Promise<Row[]> {
  const size = options.quick ? 40 : 3000
  const { loop } = await rung(size, options)
  return [
    row(`event-loop delay of the server, ${size} essays, p99, ms`, [loop.p99], { atMost: 50, goal: 20 }),
    row(`  the longest, ms`, [loop.max]),
  ]
}
