import type { EssayResult } from '#contracts/results.ts'
import { listFindings } from '../exports/findings.ts'
import { figuresOf, type ClassSummary } from '../exports/summary.ts'
import { findingsColumn } from './findings-column.ts'
import { heading, html, type Content, type Html } from './html.ts'
import { markedText } from './marked-text.ts'
import { extensionStart, showFileName } from './visible.ts'
import { ageInWords, counted, decimal, integer, machineNote } from './words.ts'

export interface EssayPlace {
  /** Position among the essays, from 1, and how many there are. */
  position: number
  of: number
  previous: { href: string; slot: number } | null
  next: { href: string; slot: number } | null
  overviewHref: string
  /** The heading level that the student's name has on the page. */
  level: 1 | 2
}
/** What an essay's page says of the class around it. */
interface EssaySurroundings {
  title: string
  /** Language tag of the texts. */
  lang: string
  summary: ClassSummary
}

function figuresRow(essay: EssayResult, summary: ClassSummary): Html {
  const own = figuresOf(essay)
  const { metrics } = essay.language
  const entry = (name: string, value: string | null, meaning: Content) =>
    html`<div>
      <dt>${name}</dt>
      <dd class="value">${value ?? '–'}</dd>
      <dd class="meaning">${meaning}</dd>
    </div>`
  const rate = own.per100Words
  const typical =
    summary.per100Words && summary.essays > 1 && `; class ${decimal(summary.per100Words.median)}`
  return html`<dl class="figures small">
    ${entry(
      'Length',
      counted(own.words, 'word'),
      summary.words && summary.essays > 1 && `class median ${integer(summary.words.median)}`,
    )}
    ${entry(
      'Spelling',
      own.spellingFindings === null ? null : counted(own.spellingFindings, 'finding'),
      own.spellingFindings === null
        ? 'not checked'
        : rate === null
          ? 'too short for a rate'
          : html`${decimal(rate)} per 100 words${typical}`,
    )}
    ${entry(
      'Reading level',
      own.readingGrade === null ? null : `about age ${ageInWords(own.readingGrade)}`,
      own.readingGrade === null
        ? metrics
          ? 'too short to say'
          : 'not computed'
        : `Flesch–Kincaid ${decimal(own.readingGrade)}`,
    )}
    ${entry(
      'Sentences',
      own.wordsPerSentence === null ? null : `${decimal(own.wordsPerSentence)} words`,
      metrics ? `on average; longest ${integer(metrics.longestSentenceWords)}` : 'not computed',
    )}
  </dl>`
}

/** Names this long are set smaller, so that they stay within three lines. */
const longName = 60

/** A student's file name, exactly as it came; the extension is there but does not shout. */
function studentHeading({ fileName, slot }: EssayResult, level: 1 | 2): Html {
  const cut = extensionStart(fileName)
  const extension = cut < fileName.length && html`<span class="extension">${fileName.slice(cut)}</span>`
  return heading(
    level,
    `e${slot}-title`,
    fileName.length > longName ? 'student long' : 'student',
    html`${showFileName(fileName.slice(0, cut))}${extension}`,
  )
}

const turn = (to: EssayPlace['next'], rel: string, label: Content): Html =>
  to ? html`<a rel="${rel}" href="${to.href}">${label}</a>` : html`<span></span>`

/** One essay: a page of its own in print. */
export function essayPage(essay: EssayResult, around: EssaySurroundings, place: EssayPlace): Html {
  const listed = listFindings(essay)
  const { slot, text } = essay
  return html`<article class="essay" id="essay-${slot}" aria-labelledby="e${slot}-title">
    <div class="running">
      <p class="eyebrow">
        <span>${around.title}</span>
        <span class="again" aria-hidden="true">${showFileName(essay.fileName)}</span>
        <span>Slot ${slot} · ${place.position} of ${place.of}</span>
      </p>
    </div>
    <div class="body">
      <header>${studentHeading(essay, place.level)} ${figuresRow(essay, around.summary)}</header>
      <div class="reading">
        ${text === undefined ? html`<p class="empty">The text is not part of this summary.</p>` : markedText(text, listed, slot, around.lang)}
        ${findingsColumn(essay, listed, place.level === 1 ? 2 : 3)}
      </div>
    </div>
    <footer>
      <p class="note">${machineNote}</p>
      <nav class="turn" aria-label="Essays">
        ${turn(place.previous, 'prev', html`← Previous, slot ${place.previous?.slot}`)}
        <a href="${place.overviewHref}">All essays</a>
        ${turn(place.next, 'next', html`Next, slot ${place.next?.slot} →`)}
      </nav>
    </footer>
  </article>`
}
