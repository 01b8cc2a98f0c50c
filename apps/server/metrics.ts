import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { PostgresBus } from '#platform/bus/postgres-bus.ts'

/** What Prometheus reads at `/metrics`. The log's own figures are taken over when it asks. */
export function createMetrics(options: {
  bus: PostgresBus
  countChains: () => Promise<{ broken: number; open: number; files: number }>
}): {
  registry: Registry
  onAnswer: (route: string, method: string, status: number, seconds: number) => void
} {
  const { bus } = options
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'assay_' })
  const registers = [registry]
  const requests = new Histogram({
    name: 'assay_http_request_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  })
  const gauge = (
    name: string,
    help: string,
    collect: (set: (value: number, subscription?: string) => void) => void | Promise<void>,
    labels: string[] = [],
  ) =>
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers,
      async collect() {
        this.reset()
        await collect((value, subscription) =>
          subscription === undefined ? this.set(value) : this.set({ subscription }, value),
        )
      },
    })
  const perSubscription = (
    name: string,
    help: string,
    read: (figures: ReturnType<PostgresBus['metrics']>['subscriptions'][string]) => number,
  ) =>
    gauge(
      name,
      help,
      (set) => {
        for (const [subscription, figures] of Object.entries(bus.metrics().subscriptions))
          set(read(figures), subscription)
      },
      ['subscription'],
    )

  gauge('assay_events_published_total', 'Events published by this process.', (set) =>
    set(bus.metrics().published),
  )
  gauge('assay_publish_failures_total', 'Calls of publish that failed.', (set) =>
    set(bus.metrics().publishFailures),
  )
  gauge('assay_publish_seconds_sum', 'Time spent in publish.', (set) => set(bus.metrics().publishSeconds.sum))
  gauge('assay_publish_seconds_count', 'Calls of publish.', (set) => set(bus.metrics().publishSeconds.count))
  perSubscription('assay_handled_events_total', 'Events handled.', (figures) => figures.handled)
  perSubscription(
    'assay_handle_seconds_sum',
    'Time in handler transactions.',
    (figures) => figures.handleSeconds.sum,
  )
  perSubscription(
    'assay_handle_seconds_count',
    'Handler transactions.',
    (figures) => figures.handleSeconds.count,
  )
  perSubscription(
    'assay_dead_letters',
    'Events put aside with their error.',
    (figures) => figures.deadLetters,
  )
  perSubscription(
    'assay_oldest_unhandled_seconds',
    'Age of the oldest event that waits.',
    (figures) => figures.oldestUnhandledSeconds,
  )

  let chains = { broken: 0, open: 0, files: 0 }
  gauge('assay_broken_chains', 'Files whose next expected event is overdue.', async (set) => {
    chains = await options.countChains().catch(() => chains)
    set(chains.broken)
  })
  gauge('assay_trace_complete_ratio', 'Share of files that wait for nothing overdue.', (set) =>
    set(chains.files === 0 ? 1 : 1 - chains.broken / chains.files),
  )
  new Counter({ name: 'assay_starts_total', help: 'Starts of this process.', registers }).inc()

  return {
    registry,
    onAnswer: (route, method, status, seconds) =>
      requests.observe({ route, method, status: String(status) }, seconds),
  }
}
