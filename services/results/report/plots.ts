import { fewestForMiddle, type Spread } from '../exports/summary.ts'
import { fitDots, niceTicks } from './beeswarm.ts'
import { html, type Html } from './html.ts'
import { showFileName, plainFileName } from './visible.ts'
import { integer } from './words.ts'

export interface Dot {
  slot: number
  fileName: string
  href: string
  value: number
}
export interface Plot {
  id: string
  title: string
  /** Axis title with its unit. */
  axis: string
  /** What stands behind a value in a sentence: ` words`, or nothing. */
  unit: string
  /** In the unit of the axis, as the dots. */
  spread: Spread
  dots: readonly Dot[]
  fromZero: boolean
  /** No two ticks stand closer than this. */
  finestStep: number
  show: (value: number) => string
  /** Heading of the value column in the table twin. */
  column: string
  /** Essays without this figure. */
  missing: number
}

const width = 400
const left = 14
const right = 386
const tallest = 130
const shallowest = 60
const labelHeight = 22
/** Large enough for the slot number to be read on paper, and too small for it. */
const numberedDiameters = [17, 15, 13]
const plainDiameters = [9, 7.5, 6, 5, 4, 3.2, 2.6]

const r = (value: number): number => Math.round(value * 10) / 10

function drawing({ dots, spread, axis, fromZero, finestStep, show }: Plot): Html {
  const ticks = niceTicks(fromZero ? 0 : spread.low, spread.high, finestStep)
  const tickLabel = ticks.every((tick) => Number.isInteger(tick)) ? integer : show
  const low = ticks[0]!
  const high = ticks.at(-1)!
  const inner = { left: left + 9, right: right - 9 }
  const x = (value: number) => inner.left + ((value - low) / (high - low)) * (inner.right - inner.left)
  const { places, diameter, heights, top } = fitDots(
    dots.map((dot) => x(dot.value) - inner.left),
    numberedDiameters,
    plainDiameters,
    tallest,
  )
  const plotHeight = Math.max(shallowest, top + 10)
  const base = labelHeight + plotHeight
  const height = base + 38
  const numbered = numberedDiameters.includes(diameter)
  const medianAt = x(spread.median)
  const anchor = medianAt < 70 ? 'start' : medianAt > width - 70 ? 'end' : 'middle'
  return html`<svg viewBox="0 0 ${width} ${r(height)}" aria-hidden="true" focusable="false" class="plot">
    ${spread.count >= fewestForMiddle && html`<rect class="middle" x="${r(x(spread.lowerQuartile))}" y="${labelHeight}" width="${r(Math.max(1, x(spread.upperQuartile) - x(spread.lowerQuartile)))}" height="${r(plotHeight)}" />`}
    ${ticks.map((tick) => html`<path class="tick" d="M${r(x(tick))} ${r(base)}v5" /><text class="number" x="${r(x(tick))}" y="${r(base + 17)}" text-anchor="middle">${tickLabel(tick)}</text>`)}
    <path class="axis" d="M${left} ${r(base)}H${right}" />
    <path class="median" d="M${r(medianAt)} ${labelHeight - 4}V${r(base)}" />
    <text class="label" x="${r(medianAt)}" y="12" text-anchor="${anchor}">median ${show(spread.median)}</text>
    <text class="title" x="${(left + right) / 2}" y="${r(base + 34)}" text-anchor="middle">${axis}</text>
    ${dots.map((dot, i) => {
      const cx = r(inner.left + places[i]!)
      const cy = r(base - 1 - heights[i]!)
      return html`<a href="${dot.href}" tabindex="-1"
        ><title>${dot.slot} · ${plainFileName(dot.fileName)}: ${show(dot.value)}</title
        ><circle
          class="${numbered ? 'dot numbered' : 'dot'}"
          cx="${cx}"
          cy="${cy}"
          r="${r(diameter / 2 - 0.6)}"
        />${numbered && html`<text class="slot" x="${cx}" y="${r(cy + diameter * 0.19)}" font-size="${r(diameter * (dot.slot > 99 ? 0.44 : 0.54))}" text-anchor="middle">${dot.slot}</text>`}</a
      >`
    })}
  </svg>`
}

const link = (dot: Dot): Html => html`<a href="${dot.href}">slot ${dot.slot}</a>`

/** "From 124 (slot 10) to 340 words (slot 15)."; `rows` lowest first. */
function rangeInWords({ show, unit }: Plot, rows: readonly Dot[]): Html {
  const [lowest, highest] = [rows[0]!, rows.at(-1)!]
  return html`From ${show(lowest.value)} (${link(lowest)}) to ${show(highest.value)}${unit}
  (${link(highest)}).`
}

/** A figure with every essay a dot, and the same as a table. */
export function plotFigure(plot: Plot): Html {
  const rows = [...plot.dots].sort((a, b) => a.value - b.value || a.slot - b.slot)
  return html`<figure class="figure" id="${plot.id}">
    <h3>${plot.title}</h3>
    ${drawing(plot)}
    <figcaption>
      ${rangeInWords(plot, rows)}${plot.missing > 0 && html` <span class="quiet">${plot.missing} without this figure.</span>`}
    </figcaption>
    <details>
      <summary>Show as table</summary>
      <table>
        <caption class="unseen">
          ${plot.title}, lowest first
        </caption>
        <thead>
          <tr>
            <th scope="col" class="n">Slot</th>
            <th scope="col">File</th>
            <th scope="col" class="n">${plot.column}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (dot) =>
              html`<tr>
                <td class="n">${dot.slot}</td>
                <th scope="row"><a href="${dot.href}">${showFileName(dot.fileName)}</a></th>
                <td class="n">${plot.show(dot.value)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>
  </figure>`
}
