import { Piscina } from 'piscina'

/**
 * Threads for what only computes. A task is a module's default export, called with `payload` on a thread that
 * keeps the module loaded; `shared` reaches every thread as piscina's `workerData`, memory shared.
 */
export interface ComputePool {
  run<R>(module: URL, payload: unknown): Promise<R>
  close(): Promise<void>
}

/** A task that takes longer is ended with its thread; in milliseconds. */
const taskTimeout = 60_000

export function createComputePool(options: { threads: number; shared: unknown }): ComputePool {
  const pool = new Piscina({
    minThreads: options.threads,
    maxThreads: options.threads,
    workerData: options.shared,
    maxQueue: Number.POSITIVE_INFINITY,
    atomics: 'async',
  })
  return {
    async run<R>(module: URL, payload: unknown): Promise<R> {
      const controller = new AbortController()
      // Ended with the task: AbortSignal.timeout would hold every payload for a minute and then throw for nobody.
      const timer = setTimeout(() => controller.abort(), taskTimeout)
      try {
        return (await pool.run(payload, { filename: module.href, signal: controller.signal })) as R
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => pool.destroy(),
  }
}
