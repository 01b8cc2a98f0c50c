import type { EssayResult } from '#contracts/results.ts'
import { figuresOf, readingAge } from '../exports/summary.ts'
import { html, type Html } from './html.ts'
import { showFileName } from './visible.ts'
import { ageInWords, decimal, essayStatus, integer, orDash } from './words.ts'

/** A number cell that sorts by its value; what is not known sorts last. */
const cell = (value: number | null, show: (value: number) => string): Html =>
  html`<td class="n" data-sort="${value ?? ''}">${orDash(value, show)}</td>`

function row(essay: EssayResult, href: string): Html {
  const figures = figuresOf(essay)
  const age = figures.readingGrade === null ? null : readingAge(figures.readingGrade)
  const { word, shape, rank } = essayStatus(essay)
  return html`<tr>
    <td class="n" data-sort="${essay.slot}">${essay.slot}</td>
    <th scope="row" data-sort="${essay.fileName.toLowerCase()}">
      <a href="${href}">${showFileName(essay.fileName)}</a>
    </th>
    ${cell(figures.words, integer)}${cell(figures.spellingFindings, integer)}${cell(figures.per100Words, decimal)}${cell(age, () => ageInWords(figures.readingGrade!))}${cell(figures.wordsPerSentence, decimal)}${cell(figures.diversity, integer)}
    <td data-sort="${rank}">
      <span class="state"><span aria-hidden="true">${shape}</span> ${word}</span>
    </td>
  </tr> `
}

const column = (title: string, unit: string, numeric = true): Html =>
  html`<th scope="col" ${numeric && html` class="n"`}>
    <span class="heading">${title}</span>${unit !== '' && html`<span class="unit">${unit}</span>`}
  </th>`

/** A row per essay. `hrefOf` leads to its page. */
export function essaysTable(essays: readonly EssayResult[], hrefOf: (essay: EssayResult) => string): Html {
  if (essays.length === 0) return html`<p class="empty">No essays yet.</p>`
  return html`<p class="how">
      Ages are reading levels by the Flesch–Kincaid formula. Vocabulary is MTLD: how many words the text goes
      on before it repeats itself. A dash means: not known, or the text is too short.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="essays-title">
      <table class="essays sortable">
        <caption class="unseen">
          Essays by slot
        </caption>
        <thead>
          <tr>
            ${column('Slot', '')}${column('File', '', false)}${column('Words', '')}${column('Spelling', 'findings')}${column('Rate', 'per 100 words')}${column('Reading level', 'about age')}${column('Sentences', 'words each')}${column('Vocabulary', 'MTLD')}${column('State', '', false)}
          </tr>
        </thead>
        <tbody>
          ${essays.map((essay) => row(essay, hrefOf(essay)))}
        </tbody>
      </table>
    </div>`
}
