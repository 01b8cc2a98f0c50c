// Loaded into the server under test with `--import`: how late its event loop is, told when asked by SIGUSR2.
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

const file = process.env.BENCH_LOOP_FILE
if (isMainThread && file) {
  // The histogram holds the time between two ticks, so what is over one interval is delay.
  const resolution = 5
  const histogram = monitorEventLoopDelay({ resolution })
  histogram.enable()
  const delay = (ns: number) => Math.max(0, ns / 1e6 - resolution)
  process.on('SIGUSR2', () => {
    const { max } = histogram
    const figures = {
      p50: delay(histogram.percentile(50)),
      p99: delay(histogram.percentile(99)),
      max: delay(max),
    }
    writeFileSync(file, JSON.stringify(figures))
    histogram.reset()
  })
}
