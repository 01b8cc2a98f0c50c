/**
 * Work that many ask for at once, done for all of them together: while one group is at work, the next gathers.
 * Whoever comes alone never waits. A group that fails is done again one by one, so that only what is at fault fails.
 */
export interface Gatherer<T, R> {
  /** Items with the same `key` may share a group; the groups of one key follow each other. */
  add(key: string, item: T): Promise<R>
}

interface Waiting<T, R> {
  item: T
  resolve: (answer: R) => void
  reject: (error: unknown) => void
}

/** `work` answers a group in its order, all or nothing; `atMost` is how many items a group holds. */
export function createGatherer<T, R>(
  work: (key: string, items: readonly T[]) => Promise<readonly R[]>,
  atMost: number,
): Gatherer<T, R> {
  const queues = new Map<string, Waiting<T, R>[]>()

  async function doOne(key: string, { item, resolve, reject }: Waiting<T, R>): Promise<void> {
    try {
      const [answer] = await work(key, [item])
      resolve(answer as R)
    } catch (error) {
      reject(error)
    }
  }

  async function doGroup(key: string, group: readonly Waiting<T, R>[]): Promise<void> {
    const [only] = group
    if (group.length === 1 && only) return doOne(key, only)
    try {
      const answers = await work(
        key,
        group.map((each) => each.item),
      )
      group.forEach((each, i) => each.resolve(answers[i] as R))
    } catch {
      for (const each of group) await doOne(key, each)
    }
  }

  async function drain(key: string, queue: Waiting<T, R>[]): Promise<void> {
    while (queue.length > 0) await doGroup(key, queue.splice(0, atMost))
    queues.delete(key)
  }

  return {
    add: (key, item) =>
      new Promise((resolve, reject) => {
        const queue = queues.get(key)
        if (queue) {
          queue.push({ item, resolve, reject })
          return
        }
        const fresh = [{ item, resolve, reject }]
        queues.set(key, fresh)
        void drain(key, fresh)
      }),
  }
}
