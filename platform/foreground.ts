/**
 * Who waits for an answer comes before what follows from it. While answers are being made in a stream, work that
 * nobody waits for stands back for a moment; what has gathered by then is done as one, and costs less.
 */
export interface Foreground {
  /** Counts `work` as something that somebody waits for. */
  hold<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when the stream has ended, or after a moment; null when there is no stream. */
  standBack(): Promise<void> | null
}

/** So many at once are a stream; one alone takes nothing from anybody. */
const stream = 2
/** A stream has ended when nobody has waited for so long, in milliseconds. */
const endedMs = 15
/** Nobody stands back longer than this at a time, in milliseconds. */
const longestMs = 250

export function createForeground(): Foreground {
  let held = 0
  let ending: NodeJS.Timeout | undefined
  let over: Promise<void> | null = null
  let end: () => void = () => {}

  function release(): void {
    over = null
    end()
  }

  return {
    async hold(work) {
      held += 1
      clearTimeout(ending)
      try {
        return await work()
      } finally {
        held -= 1
        if (held === 0 && over) ending = setTimeout(release, endedMs)
      }
    },
    standBack() {
      if (!over && held < stream) return null
      over ??= new Promise((resolve) => (end = resolve))
      return Promise.race([over, new Promise<void>((resolve) => setTimeout(resolve, longestMs).unref())])
    },
  }
}
