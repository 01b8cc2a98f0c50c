import type { BatchResults, EssayResult, RunPhase } from '#contracts/results.ts'
import { fewestForMiddle, type ClassSummary, type Spread } from '../exports/summary.ts'
import { classPlots } from './class-plots.ts'
import { html, type Content, type Html } from './html.ts'
import type { NeedGroup } from './needs-you.ts'
import { promptOnFirstPage } from './prompt.ts'
import { ageInWords, counted, decimal, duration, integer, machineNote, moment } from './words.ts'

/** Every file on one line; when the line does not add up it says so instead of hiding it. */
function countsLine({ counts, capacity }: BatchResults): Html {
  const parts: [number, string][] = [
    [counts.reading, 'reading'],
    [counts.slotsUsed, 'in slots'],
    [counts.waitingForSlot, 'waiting for a slot'],
    [counts.rejected, 'rejected'],
    [counts.removed, 'removed'],
  ]
  const sum = parts.reduce((total, [count]) => total + count, 0)
  return html`<p class="counts">
      <span class="term"><b>${integer(counts.received)}</b> received</span>${parts.map(
        ([count, word], i) =>
          html` <span class="sign">${i === 0 ? '=' : '+'}</span>
            <span class="term${count === 0 && ' none'}"><b>${integer(count)}</b> ${word}</span>`,
      )}
    </p>
    ${capacity !== null && html`<p class="quiet">${integer(counts.slotsUsed)} of ${counted(capacity, 'slot')} taken.</p>`}
    ${sum !== counts.received && html`<p class="alarm"><span aria-hidden="true">▲</span> This line does not add up: ${integer(counts.received)} received, ${integer(sum)} accounted for. Export the report again; if it stays so, tell whoever runs Assay.</p>`}`
}

const phaseNames: Record<RunPhase['name'], string> = {
  spelling: 'Spelling',
  language: 'Language figures and grammar hints',
}

function phaseLine(phase: RunPhase, locale: string): Html {
  const all = phase.pending + phase.succeeded + phase.failed
  const begun = phase.startedAt && moment(phase.startedAt, locale)
  const took =
    phase.startedAt && phase.completedAt
      ? `, took ${duration(Date.parse(phase.completedAt) - Date.parse(phase.startedAt))}`
      : ''
  const state =
    phase.stage === 'waiting'
      ? 'has not begun'
      : `done for ${integer(phase.succeeded)} of ${counted(all, 'essay')}${phase.failed > 0 ? `, failed for ${integer(phase.failed)}` : ''}`
  const ended =
    phase.outcome === 'cancelled' ? ', cancelled' : phase.outcome === 'failed' ? ', ended as failed' : ''
  return html`<li>
    <b>${phaseNames[phase.name]}</b>
    ${state}${ended}${begun && html`; begun ${begun}${took}`}${phase.pruned > 0 && `; ${counted(phase.pruned, 'result')} existed already and ${phase.pruned === 1 ? 'was' : 'were'} kept`}.
  </li>`
}

function whatWasDone({ pipeline, locale }: BatchResults): Html {
  if (!pipeline || pipeline.phases.length === 0)
    return html`<p class="done">Nothing has been run on these essays yet.</p>`
  return html`<ul class="done">
    ${pipeline.phases.map((phase) => phaseLine(phase, locale))}${pipeline.paused && html`<li>The run is paused${pipeline.reason !== undefined && `: ${pipeline.reason}`}.</li>`}
  </ul>`
}

function middleHalf(spread: Spread, show: (value: number) => string): string {
  if (spread.count < fewestForMiddle) return ''
  const [from, to] = [show(spread.lowerQuartile), show(spread.upperQuartile)]
  return from === to ? `The middle half is at ${from}.` : `The middle half lies between ${from} and ${to}.`
}

const range = (spread: Spread, show: (value: number) => string): string =>
  spread.count === 1 ? '' : `From ${show(spread.low)} to ${show(spread.high)}. ${middleHalf(spread, show)}`

function classFigures(summary: ClassSummary): Html {
  const entry = (name: string, spread: Spread | null, value: (spread: Spread) => Content, meaning: Content) =>
    html`<div>
      <dt>${name}</dt>
      <dd class="value">${spread ? value(spread) : '–'}</dd>
      <dd class="meaning">${spread ? meaning : 'Not known yet.'}</dd>
    </div>`
  const { words, per100Words, readingGrade, wordsPerSentence } = summary
  const every = per100Words && per100Words.median > 0 ? Math.round(100 / per100Words.median) : 0
  return html`<dl class="figures">
    ${entry(
      'Length, median',
      words,
      ({ median }) => html`${integer(median)} <span class="unit">words</span>`,
      words && range(words, integer),
    )}
    ${entry(
      'Spelling findings, median',
      per100Words,
      ({ median }) => html`${decimal(median)} <span class="unit">per 100 words</span>`,
      per100Words &&
        `${every > 0 ? `About one word in ${integer(every)}. ` : ''}${middleHalf(per100Words, decimal)}`,
    )}
    ${entry(
      'Reading level, median',
      readingGrade,
      ({ median }) => html`<span class="unit">about age</span> ${ageInWords(median)}`,
      readingGrade &&
        `Flesch–Kincaid ${decimal(readingGrade.median)}. ${middleHalf(readingGrade, (grade) => `age ${ageInWords(grade)}`)}`,
    )}
    ${entry(
      'Sentence length, median',
      wordsPerSentence,
      ({ median }) => html`${decimal(median)} <span class="unit">words</span>`,
      wordsPerSentence && range(wordsPerSentence, decimal),
    )}
  </dl>`
}

/** Which figures are not there for every essay, so that nobody reads a part as the whole. */
function progressNote({ essays, spellingKnown, languageKnown }: ClassSummary): Html | null {
  const parts = [
    spellingKnown < essays && `spelling is known for ${integer(spellingKnown)} of ${integer(essays)}`,
    languageKnown < essays && `language is known for ${integer(languageKnown)} of ${integer(essays)}`,
  ].filter((part) => part !== false)
  if (parts.length === 0) return null
  return html`<p class="partial">Not every essay is in these figures: ${parts.join(', ')}.</p>`
}

function needsLine(groups: readonly NeedGroup[]): Html {
  if (groups.length === 0) return html`<p class="needs-line">Nothing needs you.</p>`
  return html`<p class="needs-line">
    <span aria-hidden="true">▲</span> <a href="#needs-you">Needs you</a>:
    ${groups.map((group, i) => html`${i > 0 && ' · '}${counted(group.items.length, ...group.counted)}`)}.
  </p>`
}

const emptyClass = ({ counts }: BatchResults): Html => {
  if (counts.received === 0)
    return html`<p class="empty first">No essays yet. Nothing has been handed in to this batch.</p>`
  const none = counts.rejected === counts.received
  return html`<p class="empty first">
    ${none ? `None of the ${counted(counts.received, 'file')} could be taken as an essay; the reasons stand below.` : 'No essay is in a slot yet.'}
  </p>`
}

/** The first page: what a head of department reads. */
export function overviewPage(
  results: BatchResults,
  essays: readonly EssayResult[],
  summary: ClassSummary,
  groups: readonly NeedGroup[],
  generatedAt: string,
  hrefOf: (essay: EssayResult) => string,
): Html {
  const plots = classPlots(essays, hrefOf)
  return html`<section class="sheet overview" aria-labelledby="title">
    <header>
      <p class="eyebrow">
        <span>Assay · class report</span><span>${moment(generatedAt, results.locale)}</span>
      </p>
      <h1 id="title">${results.title}</h1>
      ${promptOnFirstPage(results.prompt)}
    </header>
    ${countsLine(results)} ${needsLine(groups)} ${essays.length > 0 && whatWasDone(results)}
    ${
      essays.length === 0
        ? emptyClass(results)
        : html`<h2>The class in figures</h2>
            ${progressNote(summary)} ${classFigures(summary)}
            ${
              plots.length > 0 &&
              html`<p class="how">
                  Each dot is an essay, numbered by its slot where there is room; it leads to its
                  page.${essays.length >= fewestForMiddle && ' The band holds the middle half of the class.'}
                </p>
                <div class="plots">${plots}</div>`
            }`
    }
    ${essays.length > 0 && html`<p class="note">${machineNote}</p>`}
  </section>`
}
