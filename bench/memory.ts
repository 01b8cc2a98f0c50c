import { row, type BenchOptions, type Row } from './harness.ts'
import { rung } from './ladder.ts'

export async function benchMemory(options: BenchOptions): Promise<Row[]> {
  const size = options.quick ? 40 : 1000
  const { memory } = await rung(size, options)
  return [row(`peak PSS of all processes, ${size} essays, MB`, [memory], { atMost: 700, goal: 400 })]
}
