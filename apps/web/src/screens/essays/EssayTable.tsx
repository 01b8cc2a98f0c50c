import { Checkbox, VisuallyHidden } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '../../shared/keys.tsx'
import type { FileActions } from './actions.ts'
import type { Line, SortKey } from './line.ts'
import { LineRow } from './LineRow.tsx'
import type { Selection } from './selection.ts'
import classes from './table.module.css'

const columns = [
  'slot',
  'name',
  'words',
  'findings',
  'phases',
  'time',
  'state',
] as const satisfies readonly SortKey[]

interface EssayTableProps {
  batchId: string
  capacity: number | null
  lines: readonly Line[]
  sort: { key: SortKey; descending: boolean }
  onSort: (key: SortKey) => void
  selection: Selection
  actions: FileActions
  nameOf: (fileUploadId: string | undefined) => string | undefined
}

/**
 * A grid by WAI-ARIA whose rows are drawn only near the window: one tab stop, arrows between the rows. Rows are
 * measured, because one that says why it failed is taller.
 */
export function EssayTable(props: EssayTableProps) {
  const { batchId, capacity, lines, sort, onSort, selection, actions, nameOf } = props
  const { t } = useTranslation('essays')
  const grid = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = (): void => {
      const place = body.current?.getBoundingClientRect()
      if (place) setTop(Math.round(place.top + window.scrollY))
    }
    measure()
    // What stands above grows and shrinks.
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [])
  const virtual = useWindowVirtualizer({
    count: lines.length,
    estimateSize: () => 49,
    overscan: 10,
    scrollMargin: top,
    getItemKey: (index) => lines[index]?.id ?? index,
    // The sticky header and the bar at the bottom cover a little.
    scrollPaddingStart: 60,
    scrollPaddingEnd: 80,
  })

  const { active, onActive, onKeyDown } = useGridKeys(props, grid, (index) => virtual.scrollToIndex(index))
  const onSelect = useCallback((id: string, extend: boolean) => selection.toggle(id, extend), [selection])
  const shownSelected = useMemo(
    () => lines.filter(({ id }) => selection.ids.has(id)).length,
    [lines, selection],
  )

  return (
    <div
      ref={grid}
      role="grid"
      aria-label={t('table')}
      aria-rowcount={lines.length + 1}
      aria-colcount={columns.length + 2}
      aria-multiselectable
      className={classes.grid}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={classes.head}>
        <div role="row" aria-rowindex={1} className={classes.cells}>
          <div role="columnheader" className={classes.check}>
            <Checkbox
              size="sm"
              aria-label={t('select-all')}
              checked={lines.length > 0 && shownSelected === lines.length}
              indeterminate={shownSelected > 0 && shownSelected < lines.length}
              onChange={() => selection.setAll(shownSelected === lines.length ? [] : lines)}
            />
          </div>
          {columns.map((key) => (
            <div
              key={key}
              role="columnheader"
              aria-sort={sort.key === key ? (sort.descending ? 'descending' : 'ascending') : 'none'}
              className={classes[headClass[key]]}
              title={key === 'time' ? t('time-why') : undefined}
            >
              <button type="button" className={classes.sort} onClick={() => onSort(key)}>
                {t(`sort.${key}`)}
                <span aria-hidden className={classes.arrow}>
                  {sort.key === key ? (sort.descending ? '↓' : '↑') : ''}
                </span>
              </button>
            </div>
          ))}
          <div role="columnheader" className={classes.menu}>
            <VisuallyHidden>{t('do.open')}</VisuallyHidden>
          </div>
        </div>
      </div>
      <div ref={body} role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index]
          if (!line) return null
          const selected = selection.ids.has(line.id)
          return (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              data-line={line.id}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={selected}
              tabIndex={line.id === active || (active === null && index === 0) ? 0 : -1}
              className={classes.row}
              style={{ transform: `translateY(${start - virtual.options.scrollMargin}px)` }}
            >
              <LineRow
                line={line}
                batchId={batchId}
                capacity={capacity}
                duplicateOf={nameOf(line.row?.duplicateOf)}
                selected={selected}
                active={line.id === active}
                onSelect={onSelect}
                onActive={onActive}
                actions={actions}
              />
            </div>
          )
        })}
      </div>
    </div>
  )
}

const headClass = {
  slot: 'slot',
  name: 'name',
  words: 'figure',
  findings: 'figure',
  phases: 'bar',
  time: 'time',
  state: 'state',
} as const

const pageOfRows = 10

/** One row is the active one: arrows move it, and the focus with it, also to rows that are not drawn yet. */
function useGridKeys(
  { batchId, lines, selection, actions }: EssayTableProps,
  grid: React.RefObject<HTMLDivElement | null>,
  scrollTo: (index: number) => void,
) {
  const { t } = useTranslation('essays')
  const navigate = useNavigate()
  const [active, setActive] = useState<string | null>(null)
  const index = lines.findIndex(({ id }) => id === active)
  const wanted = useRef<string | null>(null)

  useEffect(() => {
    if (wanted.current === null) return
    const row = grid.current?.querySelector<HTMLElement>(`[data-line="${wanted.current}"]`)
    if (!row) return
    wanted.current = null
    row.focus({ preventScroll: true })
  })

  const move = (to: number, extend: boolean): void => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, to))]
    if (!line) return
    if (extend) {
      if (active !== null && !selection.ids.has(active)) selection.toggle(active, false)
      selection.toggle(line.id, true)
    }
    scrollTo(lines.indexOf(line))
    wanted.current = line.id
    setActive(line.id)
  }
  const open = (): unknown => {
    const essayId = lines[index]?.row?.essayId
    if (!essayId) return false
    return navigate({ to: '/batches/$batchId/essays/$essayId', params: { batchId, essayId } })
  }
  const remove = (): void => {
    const chosen = lines.filter(({ id }) => selection.ids.has(id))
    const line = lines[index]
    if (chosen.length === 0 && line?.upload) return actions.drop(line)
    actions.remove(chosen.length > 0 ? chosen : line ? [line] : [])
    selection.setAll([])
  }
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>('[data-line]')
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return
    const onRow = event.target === row
    const steps: Record<string, () => unknown> = {
      ArrowDown: () => move(index + 1, event.shiftKey),
      ArrowUp: () => move(index - 1, event.shiftKey),
      PageDown: () => move(index + pageOfRows, event.shiftKey),
      PageUp: () => move(index - pageOfRows, event.shiftKey),
      Home: () => move(0, event.shiftKey),
      End: () => move(lines.length - 1, event.shiftKey),
      Delete: remove,
      ...(onRow
        ? {
            Enter: open,
            ' ': () => active !== null && selection.toggle(active, event.shiftKey),
            // Into the row's own buttons; Escape comes back.
            ArrowRight: () => row.querySelector<HTMLElement>('button, a')?.focus(),
          }
        : { Escape: () => row.focus(), ArrowLeft: () => row.focus(), ArrowRight: () => focusNext(row) }),
    }
    const step = steps[event.key]
    if (step && step() !== false) event.preventDefault()
  }
  // Listed under "?"; the grid itself acts on them.
  useKeys([
    { key: 'ArrowDown', says: t('keys.next'), run: () => false },
    { key: 'ArrowUp', says: t('keys.previous'), run: () => false },
    { key: 'Enter', says: t('keys.open'), run: () => false },
    { key: ' ', says: t('keys.select'), run: () => false },
    { key: 'Delete', says: t('keys.remove'), run: () => false },
  ])
  return { active, onActive: setActive, onKeyDown }
}

function focusNext(row: HTMLElement): void {
  const all = [...row.querySelectorAll<HTMLElement>('button, a')]
  all[(all.indexOf(document.activeElement as HTMLElement) + 1) % all.length]?.focus()
}
