import type { BatchResults, EssayResult } from '#contracts/results.ts'
import { summariseClass } from '../exports/summary.ts'
import { htmlDocument } from './document.ts'
import { essayPage, type EssayPlace } from './essay-page.ts'
import { essaysTable } from './essays-table.ts'
import { html } from './html.ts'
import { needsYou, needsYouSection, type LeftOutFile } from './needs-you.ts'
import { overviewPage } from './overview.ts'
import { patternsPage } from './patterns-page.ts'
import { promptSection } from './prompt.ts'
import { plainFileName } from './visible.ts'

/** Above this many essays the class pages stay in one file and each essay gets its own. */
const mostInlineEssays = 300

/** The file beside which the folder `report/` stands. */
const indexName = 'report.html'

interface ReportOptions {
  /** ISO 8601, UTC. */
  generatedAt: string
  /** Whether essays stand in the index; by default up to 300 of them do. */
  essaysInline?: boolean
  /** Files that were never sent; they stand with the rejected ones. */
  leftOut?: readonly LeftOutFile[]
}
interface Report {
  /** To be saved as `report.html`: the essays beside it link back to that name. */
  index: string
  /** `fileName` is a path beside the index, in ASCII: `report/0007-maria-final.html`. */
  essays: { fileName: string; html: string }[]
}

/** "0007-maria-final.html": the slot makes it unique, the name makes it findable. */
function pageName(essay: EssayResult): string {
  const slug = essay.fileName
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
  return `${String(essay.slot).padStart(4, '0')}${slug && `-${slug}`}.html`
}

const languageTag = (locale: string): string =>
  /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(locale) ? locale : 'en'

/**
 * The report of a class as self-contained HTML: what a person reads, prints and hands out.
 * Everything that came from outside is escaped; nothing is loaded and no script is needed to read it.
 */
export function renderReport(results: BatchResults, options: ReportOptions): Report {
  const essays = results.essays.toSorted((a, b) => a.slot - b.slot)
  const inline = options.essaysInline ?? essays.length <= mostInlineEssays
  const summary = summariseClass(essays)
  const names = new Map(essays.map((essay) => [essay.slot, pageName(essay)]))
  const around = { title: results.title, lang: languageTag(results.locale), summary }
  const hrefOfSlot = (slot: number) => (inline ? `#essay-${slot}` : `report/${names.get(slot) ?? ''}`)
  const hrefOf = (essay: EssayResult) => hrefOfSlot(essay.slot)
  const groups = needsYou(results, hrefOfSlot, options.leftOut)

  const pages = essays.map((essay, i) => {
    const turn = (to: EssayResult | undefined): EssayPlace['next'] =>
      to ? { slot: to.slot, href: inline ? `#essay-${to.slot}` : names.get(to.slot)! } : null
    const place: EssayPlace = {
      position: i + 1,
      of: essays.length,
      previous: turn(essays[i - 1]),
      next: turn(essays[i + 1]),
      overviewHref: inline ? '#essays' : `../${indexName}#essays`,
      level: inline ? 2 : 1,
    }
    return { essay, page: essayPage(essay, around, place) }
  })

  const index = htmlDocument(
    `${results.title} – class report`,
    html`<nav class="places" aria-label="In this report">
        <a href="#main">Overview</a>${essays.length > 0 && html`<a href="#patterns">In common</a>`}<a
          href="#needs-you"
          >Needs you</a
        ><a href="#essays">Essays</a>
      </nav>
      <main id="main">
        ${overviewPage(results, essays, summary, groups, options.generatedAt, hrefOf)}
        ${patternsPage(essays, summary)} ${promptSection(results.prompt)} ${needsYouSection(groups, results)}
        <section class="sheet" id="essays" aria-labelledby="essays-title">
          <h2 id="essays-title">Essays</h2>
          ${essaysTable(essays, hrefOf)}
        </section>
        ${inline && pages.map(({ page }) => page)}
      </main>`,
  )
  if (inline) return { index, essays: [] }
  return {
    index,
    essays: pages.map(({ essay, page }) => ({
      fileName: `report/${names.get(essay.slot)!}`,
      html: htmlDocument(
        `${essay.slot} · ${plainFileName(essay.fileName)} – ${results.title}`,
        html`<nav class="places" aria-label="In this report">
            <a href="../${indexName}">Overview</a><a href="../${indexName}#essays">Essays</a>
          </nav>
          <main id="main">${page}</main>`,
      ),
    })),
  }
}
