import { useCallback, useEffect, useLayoutEffect, useRef } from 'react'

/** Calls `run` at once, and then at most every `ms`; the last call is never lost. */
export function useThrottled(run: () => void, ms: number): () => void {
  const latest = useRef(run)
  useLayoutEffect(() => void (latest.current = run))
  const state = useRef<{ timer: ReturnType<typeof setTimeout> | undefined; again: boolean }>({
    timer: undefined,
    again: false,
  })
  useEffect(() => () => clearTimeout(state.current.timer), [])
  return useCallback(() => {
    const now = state.current
    const fire = (): void => {
      latest.current()
      now.timer = setTimeout(() => {
        now.timer = undefined
        if (!now.again) return
        now.again = false
        fire()
      }, ms)
    }
    if (now.timer === undefined) fire()
    else now.again = true
  }, [ms])
}
