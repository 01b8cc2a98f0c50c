import { Link } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClassEssay } from '#contracts/results.ts'
import type { PhaseStatus } from '#contracts/results.ts'
import { sayAge, sayDecimal, sayInteger } from '../../shared/figures.ts'
import { Shape, type ShapeName } from '../../shared/Shape.tsx'
import { columns, sortEssays, type Column, type Order } from './sorting.ts'
import classes from './results.module.css'

const rowHeight = 41
/** Up to here every row is drawn: a page of thirty prints whole and is found by the browser's search. */
const mostDrawn = 200

/** A row an essay, sorted by any column; the sort is in the address. */
export function EssaysTable({
  batchId,
  essays,
  sort,
  order,
  onSort,
}: {
  batchId: string
  essays: readonly ClassEssay[]
  sort: Column
  order: Order
  onSort: (sort: Column, order: Order) => void
}) {
  const { t } = useTranslation('results')
  const sorted = useMemo(() => sortEssays(essays, sort, order), [essays, sort, order])
  return (
    <table className={classes.essays} aria-rowcount={sorted.length + 1}>
      <caption className={classes.unseen}>{t('table.caption')}</caption>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((column) => (
            <th
              key={column}
              scope="col"
              className={classes[column]}
              aria-sort={column === sort ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
            >
              <button
                type="button"
                onClick={() => onSort(column, column === sort && order === 'asc' ? 'desc' : 'asc')}
              >
                {t(`column.${column}`)}
                <span aria-hidden className={classes.arrow}>
                  {column === sort ? (order === 'asc' ? '▲' : '▼') : ''}
                </span>
              </button>
            </th>
          ))}
        </tr>
      </thead>
      {sorted.length <= mostDrawn ? (
        <tbody>
          {sorted.map((essay, i) => (
            <Row key={essay.essayId} batchId={batchId} essay={essay} index={i} />
          ))}
        </tbody>
      ) : (
        <LongBody batchId={batchId} essays={sorted} />
      )}
    </table>
  )
}

/** Only the rows in sight, between two rows as high as those that are not. */
function LongBody({ batchId, essays }: { batchId: string; essays: readonly ClassEssay[] }) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    if (body.current) setTop(body.current.getBoundingClientRect().top + scrollY)
  }, [])
  const virtualizer = useWindowVirtualizer({
    count: essays.length,
    estimateSize: () => rowHeight,
    overscan: 20,
    scrollMargin: top,
  })
  const items = virtualizer.getVirtualItems()
  const before = (items[0]?.start ?? top) - top
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  return (
    <tbody ref={body}>
      {before > 0 ? <tr aria-hidden style={{ height: before }} /> : null}
      {items.map(({ index }) => {
        const essay = essays[index]
        return essay ? <Row key={essay.essayId} batchId={batchId} essay={essay} index={index} /> : null
      })}
      {after > 0 ? <tr aria-hidden style={{ height: after }} /> : null}
    </tbody>
  )
}

const orDash = (value: number | null, say: (value: number) => string): string =>
  value === null ? '–' : say(value)

function Row({ batchId, essay, index }: { batchId: string; essay: ClassEssay; index: number }) {
  return (
    <tr aria-rowindex={index + 2}>
      <td className={classes.slot}>{essay.slot}</td>
      <th scope="row" className={classes.file}>
        <Link
          to="/batches/$batchId/essays/$essayId"
          params={{ batchId, essayId: essay.essayId }}
          translate="no"
          dir="auto"
        >
          {essay.fileName}
        </Link>
      </th>
      <td className={classes.words}>{sayInteger(essay.words)}</td>
      <td className={classes.findings}>{orDash(essay.spellingFindings, sayInteger)}</td>
      <td className={classes.rate}>{orDash(essay.per100Words, sayDecimal)}</td>
      <td className={classes.hints}>{orDash(essay.hints, sayInteger)}</td>
      <td className={classes.reading}>{orDash(essay.readingAge, sayAge)}</td>
      <td className={classes.sentences}>{orDash(essay.wordsPerSentence, sayDecimal)}</td>
      <td className={classes.vocabulary}>{orDash(essay.diversity, sayInteger)}</td>
      <td className={classes.state}>
        <State essay={essay} />
      </td>
    </tr>
  )
}

const shapes: Record<PhaseStatus, ShapeName> = {
  failed: 'attention',
  running: 'working',
  pending: 'waiting',
  'not-requested': 'empty',
  succeeded: 'done',
}
/** The phase that is furthest behind speaks for the essay. */
const worstFirst: PhaseStatus[] = ['failed', 'running', 'pending', 'not-requested', 'succeeded']

function State({ essay }: { essay: ClassEssay }) {
  const { t } = useTranslation(['results', 'shared'])
  const worst = worstFirst.find((status) => Object.values(essay.phases).includes(status)) ?? 'succeeded'
  return (
    <span className={classes.stateWord}>
      <Shape name={shapes[worst]} size={14} /> {t(`status.${worst}`, { ns: 'shared' })}
    </span>
  )
}
