import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClassView } from '#contracts/results.ts'
import { Composition } from './Composition.tsx'
import { DotPlot } from './DotPlot.tsx'
import { EssaysTable } from './EssaysTable.tsx'
import { measures, type Measure } from './measures.ts'
import { Medians } from './Medians.tsx'
import { Patterns } from './Patterns.tsx'
import type { Column, Order } from './sorting.ts'
import classes from './results.module.css'

const route = getRouteApi('/signed-in/batches/$batchId/results')

/** Figures, distributions, every essay, what is common, and what the class is made of. */
export function ClassPage({ view }: { view: ClassView }) {
  const { t } = useTranslation('results')
  const { sort = 'slot', order = 'asc', tables = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const open = new Set(tables.split(',').filter(Boolean))
  const onSort = (column: Column, direction: Order): void =>
    void navigate({
      search: (before) => ({ ...before, sort: column, order: direction }),
      replace: true,
      resetScroll: false,
    })
  const onToggle = (name: string): void => {
    const next = open.symmetricDifference(new Set([name]))
    void navigate({
      search: ({ tables: _before, ...rest }) =>
        next.size === 0 ? rest : { ...rest, tables: [...next].join(',') },
      replace: true,
      resetScroll: false,
    })
  }
  return (
    <>
      <nav className={classes.places} aria-label={t('places.label')}>
        <a href="#figures">{t('places.figures')}</a>
        <a href="#essays">{t('places.essays')}</a>
        <a href="#patterns">{t('places.patterns')}</a>
        <a href="#composition">{t('places.composition')}</a>
      </nav>
      <section id="figures" aria-labelledby="figures-title">
        <h2 id="figures-title">{t('places.figures')}</h2>
        <Medians view={view} />
        <p className={classes.quiet}>{t('plot.how')}</p>
        <div className={classes.plots}>
          {measures.map((measure) => (
            <KnownPlot
              key={measure.name}
              view={view}
              measure={measure}
              asTable={open.has(measure.name)}
              onToggle={() => onToggle(measure.name)}
            />
          ))}
        </div>
      </section>
      <section id="essays" aria-labelledby="essays-title">
        <h2 id="essays-title">{t('places.essays')}</h2>
        <p className={classes.quiet}>{t('table.how')}</p>
        <EssaysTable batchId={view.batchId} essays={view.essays} sort={sort} order={order} onSort={onSort} />
      </section>
      <section id="patterns" aria-labelledby="patterns-title">
        <h2 id="patterns-title">{t('places.patterns')}</h2>
        <p className={classes.quiet}>{t('pattern.how')}</p>
        <Patterns view={view} />
      </section>
      <section id="composition" aria-labelledby="composition-title">
        <h2 id="composition-title">{t('places.composition')}</h2>
        <Composition view={view} />
      </section>
    </>
  )
}

/** Left out when it would hold a single dot. */
function KnownPlot({
  view,
  measure,
  asTable,
  onToggle,
}: {
  view: ClassView
  measure: Measure
  asTable: boolean
  onToggle: () => void
}) {
  const known = useMemo(
    () => view.essays.filter((essay) => measure.of(essay) !== null),
    [view.essays, measure],
  )
  const spread = useMemo(() => measure.spread(view), [measure, view])
  if (spread === null || known.length < 2) return null
  return (
    <DotPlot
      batchId={view.batchId}
      measure={measure}
      essays={known}
      spread={spread}
      asTable={asTable}
      onToggle={onToggle}
    />
  )
}
