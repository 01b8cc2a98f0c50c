import { listen } from './live.ts'
import { queryClient } from './queries.ts'

/** How long what happened is gathered before it is asked for, so that a burst costs one question. */
const gatherMs = 400

/** Batches whose state changed; `whole` where more than their counts may have. */
const dirty = new Map<string, { whole: boolean }>()
let timer: ReturnType<typeof setTimeout> | undefined

function mark(batchId: string, whole: boolean): void {
  dirty.set(batchId, { whole: whole || (dirty.get(batchId)?.whole ?? false) })
  timer ??= setTimeout(refresh, gatherMs)
}

function refresh(): void {
  timer = undefined
  void queryClient.invalidateQueries({ queryKey: ['batches'] })
  for (const [batchId, { whole }] of dirty)
    void queryClient.invalidateQueries({ queryKey: ['batch', batchId], exact: !whole })
  dirty.clear()
}

/** Keeps every query fresh by what is heard: those under `['batch', batchId]` by what concerns that batch. */
export function startFreshness(): void {
  listen(() => ({
    onNotification: ({ batchId }) => {
      if (batchId) mark(batchId, true)
    },
    onProgress: ({ batchId }) => mark(batchId, false),
    onResync: () => void queryClient.invalidateQueries(),
  }))
}
