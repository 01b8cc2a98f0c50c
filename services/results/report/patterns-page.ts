import type { EssayResult } from '#contracts/results.ts'
import type { ClassSummary } from '../exports/summary.ts'
import { classPatterns, type Pattern } from '../exports/patterns.ts'
import { html, type Content, type Html } from './html.ts'
import { showText } from './visible.ts'
import { connectiveInWords, counted, integer, kindInWords } from './words.ts'

/** How many lines of a list fit a page beside the others. */
const longest = 12
const shorter = 8

/** A bar as long as `value` is of `most`; the number beside it says the same. */
const bar = (value: number, most: number): Html =>
  html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect width="${most > 0 ? Math.round((value / most) * 1000) / 10 : 0}" height="10" />
  </svg>`

interface PatternList<P extends Pattern> {
  caption: string
  note?: Content
  /** Heading of the first column. */
  heading: string
  patterns: readonly P[]
  limit: number
  show: (pattern: P) => Content
  /** Of how many essays this is known, and what is said when nothing was found in them. */
  known: number
  none: string
}

function patternTable<P extends Pattern>(list: PatternList<P>): Html {
  const { caption, note, heading, patterns, limit, show, known, none } = list
  if (patterns.length === 0)
    return html`<section class="pattern">
      <h3>${caption}</h3>
      <p class="empty">${known > 0 ? none : 'Not checked yet.'}</p>
    </section>`
  return html`<section class="pattern">
    <h3>${caption}</h3>
    ${note && html`<p class="quiet">${note}</p>`}
    <table>
      <caption class="unseen">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">${heading}</th>
          <th scope="col" class="n">Essays</th>
          <th scope="col" class="bars"><span class="unseen">Share of the class</span></th>
          <th scope="col" class="n">Times</th>
        </tr>
      </thead>
      <tbody>
        ${patterns.slice(0, limit).map(
          (pattern) =>
            html`<tr>
              <th scope="row">${show(pattern)}</th>
              <td class="n">${integer(pattern.essays)}</td>
              <td class="bars">${bar(pattern.essays, known)}</td>
              <td class="n">${integer(pattern.times)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${patterns.length > limit && html`<p class="quiet">and ${integer(patterns.length - limit)} more</p>`}
  </section>`
}

/** What the class has in common. */
export function patternsPage(essays: readonly EssayResult[], summary: ClassSummary): Html | null {
  if (essays.length === 0) return null
  const { misspelt, kinds, connectives, openings, hints, names } = classPatterns(essays)
  const shared = misspelt.filter((word) => word.essays > 1).length
  const spelling = summary.spellingKnown
  const language = summary.languageKnown
  return html`<section class="sheet" id="patterns" aria-labelledby="patterns-title">
    <h2 id="patterns-title">What the class has in common</h2>
    <p class="how">Bars show the share of the class: a full bar is every essay.</p>
    <div class="patterns">
      ${patternTable({
        caption: 'Words misspelt in most essays',
        note:
          shared > 0 &&
          `${counted(shared, 'word')} ${shared === 1 ? 'is' : 'are'} misspelt in more than one essay.`,
        heading: 'Written → suggested',
        patterns: misspelt,
        limit: longest,
        show: ({ written, suggestion }) =>
          html`${showText(written)}
            <span class="arrow">→</span>
            ${suggestion === null ? html`<span class="quiet">no suggestion</span>` : html`<b>${showText(suggestion)}</b>`}`,
        known: spelling,
        none: 'No word was found misspelt.',
      })}
      ${patternTable({
        caption: 'Kinds of findings',
        heading: 'Kind',
        patterns: kinds,
        limit: shorter,
        show: ({ kind }) =>
          html`<span class="mark ${kind}">${kindInWords[kind].name}</span>
            <span class="quiet">${kindInWords[kind].meaning}</span>`,
        known: spelling,
        none: 'No findings.',
      })}
      ${patternTable({
        caption: 'Connectives',
        note: 'Words that tie sentences together, by what they do.',
        heading: 'What they do',
        patterns: connectives,
        limit: shorter,
        show: ({ kind }) =>
          html`${connectiveInWords[kind].name}
            <span class="quiet">${connectiveInWords[kind].examples}</span>`,
        known: language,
        none: 'No connectives.',
      })}
      ${patternTable({
        caption: 'Openings that come again',
        note: 'Sentences of one essay that begin with the same words.',
        heading: 'Sentences beginning',
        patterns: openings,
        limit: shorter,
        show: ({ words }) => html`${showText(words)} …`,
        known: language,
        none: 'No essay repeats the opening of its sentences.',
      })}
      ${patternTable({
        caption: 'Grammar hints',
        note: 'Found by rules; never counted.',
        heading: 'Hint',
        patterns: hints,
        limit: shorter,
        show: ({ message }) => showText(message),
        known: language,
        none: 'No hints.',
      })}
    </div>
    ${names.length > 0 && html`<p class="quiet">Taken for names, not counted: ${names.slice(0, 20).map((name, i) => html`${i > 0 && ', '}${showText(name.written)}`)}${names.length > 20 && ` and ${integer(names.length - 20)} more`}.</p>`}
  </section>`
}
