import type { Failure } from '#contracts/common.ts'
import type { LanguageHint } from '#contracts/language.ts'
import type { EssayResult, PhaseStatus } from '#contracts/results.ts'
import type { Finding, FindingKind } from '#contracts/spelling.ts'
import type { Listed, ListedFindings } from '../exports/findings.ts'
import { figuresOf } from '../exports/summary.ts'
import { heading, html, type Content, type Html } from './html.ts'
import { keyOf } from './marked-text.ts'
import { showText } from './visible.ts'
import { counted, kindInWords } from './words.ts'

function suggestionsOf([best, ...more]: readonly string[]): Html {
  if (best === undefined) return html`<span class="quiet">no suggestion</span>`
  const others = more.map((word, i) => html`${i > 0 && ', '}${showText(word)}`)
  return html`<b>${showText(best)}</b>${more.length > 0 && html`<span class="quiet"> or ${others}</span>`}`
}

function line(slot: number, label: string, what: string, content: Content): Html {
  const key = keyOf(slot, label)
  const back = html`<a class="label" href="#${key}-text" aria-label="${what} ${label} in the text"
    >${label}</a
  >`
  return html`<li id="${key}" data-pair="${key}">${back}<span>${content}</span></li>`
}

const arrow = html`<span class="arrow" role="img" aria-label="suggestion">→</span>`

const spellingLine = (slot: number, { item, label }: Listed<Finding>): Html =>
  line(
    slot,
    label,
    'finding',
    html`<span class="mark ${item.kind}">${showText(item.text)}</span> ${arrow}
      ${suggestionsOf(item.suggestions)}`,
  )

const hintLine = (slot: number, { item, label }: Listed<LanguageHint>): Html =>
  line(
    slot,
    label,
    'hint',
    html`${showText(item.message)}${item.suggestions.length > 0 && html` ${arrow} ${suggestionsOf(item.suggestions)}`}`,
  )

const unfinished: Record<Exclude<PhaseStatus, 'failed'>, string> = {
  'not-requested': 'was not asked for.',
  pending: 'has not been checked yet.',
  running: 'is being checked now.',
  succeeded: 'has been checked; the findings are not part of this summary.',
}

/** Why a list is not there. */
function absent(what: string, status: PhaseStatus, error: Failure | undefined): Html {
  if (status !== 'failed') return html`<p class="empty">${what} ${unfinished[status]}</p>`
  const reason = error?.message ?? 'The reason was not recorded.'
  return html`<p class="empty">
    <span aria-hidden="true">▲</span> ${what} could not be checked. ${reason}
    ${error?.remedy ?? 'Try this phase again.'}
  </p>`
}

const nameList = (names: readonly Listed<Finding>[]): Html | null => {
  const unique = [...new Set(names.map(({ item }) => item.text))]
  if (unique.length === 0) return null
  const shown = unique.map(
    (name, i) => html`${i > 0 && ', '}<span class="mark name">${showText(name)}</span>`,
  )
  return html`<p class="names">Taken for names, not counted: ${shown}.</p>`
}

/** The kinds that occur in this essay, in the order a reader meets them. */
function legend({ spelling, names, hints }: ListedFindings): Html | null {
  const kinds: FindingKind[] = [...new Set([...spelling, ...names].map(({ item }) => item.kind))]
  const entries = kinds.map((kind) => ({ kind: kind as string, ...kindInWords[kind] }))
  if (hints.length > 0)
    entries.push({ kind: 'hint', name: 'Hint', meaning: 'on grammar; lettered, never counted' })
  if (entries.length === 0) return null
  return html`<dl class="legend" aria-label="Legend">
    ${entries.map(
      ({ kind, name, meaning }) =>
        html`<div>
          <dt><span class="mark ${kind}">${name}</span></dt>
          <dd>${meaning}</dd>
        </div>`,
    )}
  </dl>`
}

/** What was found in one essay: spelling first, grammar hints as a visibly lesser layer, then the legend. */
export function findingsColumn(essay: EssayResult, listed: ListedFindings, level: 2 | 3): Html {
  const { spelling, names, hints } = listed
  const { slot } = essay
  const spellingKnown = figuresOf(essay).spellingFindings !== null && essay.spelling.findings !== undefined
  const hintsKnown = hints.length > 0 || (essay.language.status === 'succeeded' && !!essay.language.hints)
  const count = (n: number, words: string) => n > 0 && html` <span class="quiet">${words}</span>`
  return html`<div class="findings">
    <section aria-labelledby="e${slot}-spelling">
      ${heading(level, `e${slot}-spelling`, 'layer', html`Spelling${count(spelling.length, counted(spelling.length, 'finding'))}`)}
      ${!spellingKnown && absent('Spelling', essay.spelling.status, essay.spelling.error)}
      ${spellingKnown && spelling.length === 0 && html`<p class="empty">No spelling findings.</p>`}
      ${
        spelling.length > 0 &&
        html`<ol class="list">
          ${spelling.map((listed) => spellingLine(slot, listed))}
        </ol>`
      }
      ${nameList(names)}
    </section>
    <section class="hints" aria-labelledby="e${slot}-hints">
      ${heading(level, `e${slot}-hints`, 'layer', html`Grammar hints${count(hints.length, String(hints.length))}`)}
      ${!hintsKnown && absent('Grammar', essay.language.status, essay.language.error)}
      ${hintsKnown && hints.length === 0 && html`<p class="empty">No hints.</p>`}
      ${
        hints.length > 0 &&
        html`<ol class="list">
          ${hints.map((listed) => hintLine(slot, listed))}
        </ol>`
      }
    </section>
    ${legend(listed)}
  </div>`
}
