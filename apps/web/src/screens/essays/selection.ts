import { useMemo, useRef, useState } from 'react'
import type { Line } from './line.ts'

export interface Selection {
  ids: ReadonlySet<string>
  /** With `extend`: everything from the last one that was chosen to this one, as the table is sorted now. */
  toggle(id: string, extend: boolean): void
  setAll(lines: readonly Line[]): void
}

export function useSelection(lines: readonly Line[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const anchor = useRef<string | null>(null)
  return useMemo(
    () => ({
      ids,
      toggle(id, extend) {
        const from = extend ? lines.findIndex((line) => line.id === anchor.current) : -1
        const to = lines.findIndex((line) => line.id === id)
        setIds((before) => {
          const next = new Set(before)
          if (from >= 0 && to >= 0)
            for (const line of lines.slice(Math.min(from, to), Math.max(from, to) + 1)) {
              if (line.row) next.add(line.id)
            }
          else if (next.has(id)) next.delete(id)
          else if (lines[to]?.row) next.add(id)
          return next
        })
        if (!extend || from < 0) anchor.current = id
      },
      setAll(chosen) {
        setIds(new Set(chosen.filter(({ row }) => row).map(({ id }) => id)))
        anchor.current = null
      },
    }),
    [ids, lines],
  )
}
