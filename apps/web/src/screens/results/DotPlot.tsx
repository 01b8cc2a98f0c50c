import { useElementSize } from '@mantine/hooks'
import { Link, useNavigate } from '@tanstack/react-router'
import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClassEssay, Spread } from '#contracts/results.ts'
import { sayTick } from '../../shared/figures.ts'
import { placeDots, ticksBetween } from './dots.ts'
import type { Measure } from './measures.ts'
import classes from './results.module.css'

/** Of fewer values a middle half says nothing. */
const fewestForMiddle = 4
const tallest = 130
const margin = { left: 14, right: 14, top: 26, bottom: 44 }

/**
 * A distribution, each essay a dot that opens it. One stop of the tab key; the arrow keys go from dot to dot in the
 * order of their values, and the line above says which one it is.
 */
export function DotPlot({
  batchId,
  measure,
  essays,
  spread,
  asTable,
  onToggle,
}: {
  batchId: string
  measure: Measure
  /** Those whose value is known. */
  essays: readonly ClassEssay[]
  /** Of the same values. */
  spread: NonNullable<Spread>
  asTable: boolean
  onToggle: () => void
}) {
  const { t } = useTranslation('results')
  const { ref, width } = useElementSize<HTMLDivElement>()
  const id = useId()
  const said = (essay: ClassEssay): string =>
    t('plot.dot', {
      slot: essay.slot,
      fileName: essay.fileName,
      value: measure.sayWithUnit(t, measure.of(essay)!),
    })
  return (
    <section className={classes.plot} aria-labelledby={`${id}-title`}>
      <div className={classes.plotHead}>
        <h3 id={`${id}-title`}>{t(`measure.${measure.name}.title`)}</h3>
        <button type="button" className={classes.textButton} aria-expanded={asTable} onClick={onToggle}>
          {t(asTable ? 'plot.as-plot' : 'plot.as-table')}
        </button>
      </div>
      {asTable ? (
        <Twin batchId={batchId} measure={measure} essays={essays} />
      ) : (
        <div ref={ref} className={classes.canvas}>
          {width > 0 ? (
            <Drawing
              batchId={batchId}
              measure={measure}
              essays={essays}
              spread={spread}
              width={width}
              labelledBy={`${id}-title`}
              said={said}
            />
          ) : null}
        </div>
      )}
    </section>
  )
}

function Drawing({
  batchId,
  measure,
  essays,
  spread,
  width,
  labelledBy,
  said,
}: {
  batchId: string
  measure: Measure
  essays: readonly ClassEssay[]
  spread: NonNullable<Spread>
  width: number
  labelledBy: string
  said: (essay: ClassEssay) => string
}) {
  const { t } = useTranslation('results')
  const navigate = useNavigate()
  const svg = useRef<SVGSVGElement>(null)
  /** Place in the order of the dots: the one that the tab key comes to. */
  const [current, setCurrent] = useState(0)
  const [pointed, setPointed] = useState<number | null>(null)
  const { ticks, dots, diameter, scale, inner } = useMemo(() => {
    const values = essays.map((essay) => measure.of(essay)!)
    const ticks = ticksBetween(measure.fromZero ? 0 : spread.low, spread.high, measure.finestStep)
    const [low, high] = [ticks[0]!, ticks.at(-1)!]
    const inner = Math.max(60, width - margin.left - margin.right)
    return {
      ...placeDots(values, { low, high, width: inner, tallest }),
      ticks,
      inner,
      scale: (value: number) => ((value - low) / (high - low)) * inner,
    }
  }, [essays, measure, spread, width])
  const axis = margin.top + tallest
  const shown = dots[pointed ?? -1]
  const open = (index: number): unknown =>
    navigate({
      to: '/batches/$batchId/essays/$essayId',
      params: { batchId, essayId: essays[index]!.essayId },
    })
  const focus = (place: number): void => {
    const to = Math.min(dots.length - 1, Math.max(0, place))
    setCurrent(to)
    svg.current?.querySelectorAll<SVGAElement>('a')[to]?.focus()
  }
  const onKey = (event: KeyboardEvent, place: number): void => {
    const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: dots.length - 1 }[event.key]
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    focus(to)
  }
  const middle = spread.count >= fewestForMiddle
  const labels = ticks.length > 1 && inner / ticks.length < 34 ? ticks.filter((_, i) => i % 2 === 0) : ticks
  return (
    <>
      <p className={classes.readout} aria-hidden>
        {shown ? (
          <span translate="no">{said(essays[shown.index]!)}</span>
        ) : (
          t('plot.median', { value: measure.sayWithUnit(t, spread.median) })
        )}
      </p>
      <svg
        ref={svg}
        role="group"
        aria-labelledby={labelledBy}
        width={width}
        height={axis + margin.bottom}
        viewBox={`${-margin.left} 0 ${width} ${axis + margin.bottom}`}
        className={classes.drawing}
      >
        {middle ? (
          <rect
            className={classes.band}
            x={scale(spread.lowerQuartile)}
            width={Math.max(2, scale(spread.upperQuartile) - scale(spread.lowerQuartile))}
            y={margin.top - 12}
            height={tallest + 12}
          />
        ) : null}
        <line
          className={classes.median}
          x1={scale(spread.median)}
          x2={scale(spread.median)}
          y1={margin.top - 12}
          y2={axis}
        />
        <line className={classes.axis} x1={0} x2={inner} y1={axis} y2={axis} />
        {ticks.map((tick) => (
          <line
            key={tick}
            className={classes.axis}
            x1={scale(tick)}
            x2={scale(tick)}
            y1={axis}
            y2={axis + 5}
          />
        ))}
        {labels.map((tick) => (
          <text key={tick} className={classes.tick} x={scale(tick)} y={axis + 19} textAnchor="middle">
            {sayTick(tick)}
          </text>
        ))}
        <text className={classes.axisTitle} x={inner} y={axis + 38} textAnchor="end">
          {t(`measure.${measure.name}.axis`)}
        </text>
        {dots.map(({ index, x, y }, place) => {
          const essay = essays[index]!
          return (
            <a
              key={essay.essayId}
              href={`/batches/${batchId}/essays/${essay.essayId}`}
              aria-label={said(essay)}
              tabIndex={place === current ? 0 : -1}
              className={classes.dot}
              onFocus={() => {
                setCurrent(place)
                setPointed(place)
              }}
              onBlur={() => setPointed(null)}
              onMouseEnter={() => setPointed(place)}
              onMouseLeave={() => setPointed(null)}
              onKeyDown={(event) => onKey(event, place)}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return
                event.preventDefault()
                open(index)
              }}
            >
              <circle cx={x} cy={axis - y} r={Math.max(1.2, diameter / 2 - 0.8)} />
            </a>
          )
        })}
      </svg>
    </>
  )
}

/** The same as the plot, in figures: the essays in the order of their values. */
function Twin({
  batchId,
  measure,
  essays,
}: {
  batchId: string
  measure: Measure
  essays: readonly ClassEssay[]
}) {
  const { t } = useTranslation('results')
  const ordered = essays.toSorted((a, b) => measure.of(a)! - measure.of(b)! || a.slot - b.slot)
  return (
    // Scrolled by the links in it.
    <div className={classes.twin}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('column.slot')}</th>
            <th scope="col">{t('column.file')}</th>
            <th scope="col" className={classes.number}>
              {t(`measure.${measure.name}.axis`)}
            </th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((essay) => (
            <tr key={essay.essayId}>
              <td>{essay.slot}</td>
              <td>
                <Link
                  to="/batches/$batchId/essays/$essayId"
                  params={{ batchId, essayId: essay.essayId }}
                  translate="no"
                  dir="auto"
                >
                  {essay.fileName}
                </Link>
              </td>
              <td className={classes.number}>{measure.say(measure.of(essay)!)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
