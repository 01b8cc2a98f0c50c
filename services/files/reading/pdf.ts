/**
 * The text of a pdf: pdf.js gives the glyphs of each page, this decides when a file is too much, and what to say of a page.
 * From: ISO 32000; pdf.js (unpdf's build, one process, no worker, no fonts, no network).
 * Does not promise: text in pictures (there is no OCR), or order where a page was drawn out of order.
 */
import { failures, refuse } from './failures.ts'
import { UnreadableFile, type ReadingLimits, type ReadingRemark } from './reading.ts'
import { claimedPages, guardPdf } from './pdf-guard.ts'
import { makeLines, type Line, type TextItem } from './pdf-lines.ts'
import { joinPages } from './pdf-paragraphs.ts'
import { withTyped } from './pdf-typed.ts'
import { limitWork, loadPdfjs, type PdfAnnotation, type PdfDocument, type PdfPage } from './pdfjs.ts'

/** A page of text computes 5 to 50 ms. One that takes this long is drawn from forms within forms. */
const PAGE_CPU_MS = 3_000
/** Spaces, positions and repeats count too: items are more than the letters that come of them. */
const ITEMS_PER_PAGE = 200_000

export interface PdfText {
  text: string
  pages: number
  remarks: ReadingRemark[]
}

function failureOf(error: unknown): never {
  if (error instanceof UnreadableFile) throw error
  const { name, message } = error as Error
  if (name === 'PasswordException') refuse(failures.encrypted())
  const why = /circular/i.test(message)
    ? 'its parts refer to each other in a circle'
    : 'its structure cannot be read'
  return refuse(failures.damaged(why, { error: `${name}: ${message}`.slice(0, 200) }))
}

/** What one page may still spend: units of text over the whole file, items and time on the page. */
interface Budget {
  units: number
}

async function readItems(page: PdfPage, budget: Budget, limits: ReadingLimits): Promise<TextItem[]> {
  const items: TextItem[] = []
  const work = limitWork(PAGE_CPU_MS)
  try {
    const reader = page.streamTextContent().getReader()
    for (;;) {
      const piece = await reader.read()
      if (work.exceeded) throw new Error('stopped')
      if (piece.done) return items
      for (const item of piece.value.items) {
        if (item.str === undefined) continue
        budget.units -= item.str.length
        items.push(item as TextItem)
      }
      if (budget.units < 0) throw new UnreadableFile(failures.tooMuchText(limits.textBytes), true)
      if (items.length > ITEMS_PER_PAGE) {
        const what = `one page has over ${ITEMS_PER_PAGE.toLocaleString('en-GB')} pieces of text`
        throw new UnreadableFile(failures.tooMuchWork(what), true)
      }
    }
  } catch (error) {
    if (!work.exceeded) throw error
    throw new UnreadableFile(failures.tooMuchWork('a page is drawn from millions of parts'), true)
  } finally {
    work.end()
  }
}

const TYPED_PER_PAGE = 2_000
/** A link costs pdf.js 1 to 3 ms: books full of them are not searched for fields, a form is as short as this. */
const TYPED_PAGES = 30

/** How many pages are looked at for typed text: none of a file that holds neither fields nor free text. */
async function countTypedPages(document: PdfDocument, bytes: Buffer): Promise<number> {
  if (bytes.includes('/FreeText')) return TYPED_PAGES
  const work = limitWork(PAGE_CPU_MS)
  try {
    return (await document.getFieldObjects()) === null ? 0 : TYPED_PAGES
  } catch {
    if (work.exceeded) throw new UnreadableFile(failures.tooMuchWork('it has too many fields'), true)
    return 0
  } finally {
    work.end()
  }
}

/** Fields and free text; a page whose annotations are damaged keeps its text. */
async function readAnnotations(
  page: PdfPage,
  budget: Budget,
  limits: ReadingLimits,
): Promise<PdfAnnotation[]> {
  const work = limitWork(PAGE_CPU_MS)
  try {
    const found = (await page.getAnnotations()).slice(0, TYPED_PER_PAGE)
    for (const one of found)
      budget.units -= String(one.fieldValue ?? '').length + (one.contentsObj?.str?.length ?? 0)
    if (budget.units < 0) throw new UnreadableFile(failures.tooMuchText(limits.textBytes), true)
    return found
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    if (!work.exceeded) return []
    throw new UnreadableFile(failures.tooMuchWork('a page has too many fields'), true)
  } finally {
    work.end()
  }
}

function sayPages(numbers: number[], pages: number): ReadingRemark {
  const shown = numbers.slice(0, 20).join(', ') + (numbers.length > 20 ? ', …' : '')
  const message =
    numbers.length === 1
      ? `Page ${shown} of ${pages} has no text (a scan, a picture or an empty page).`
      : `Pages ${shown} of ${pages} have no text (scans, pictures or empty pages).`
  return { code: 'page-without-text', message }
}

interface PdfPages {
  pages: number
  perPage: { lines: Line[]; height: number }[]
  silent: number[]
  broken: number[]
  /** Drawn with a font that does not say which letters its signs are. */
  illegible: number[]
}

const SIGN = /[\ue000-\uf8ff\ufffd]/g

/** More than half of what stands there is private-use characters: a font of its own without a table of letters. */
function isIllegible(lines: Line[]): boolean {
  const text = lines.map((line) => line.text.replaceAll(' ', '')).join('')
  return text.length > 0 && (text.match(SIGN)?.length ?? 0) * 2 > text.length
}

export async function readPdf(bytes: Buffer, limits: ReadingLimits): Promise<PdfText> {
  guardPdf(bytes)
  let found = await readPages(bytes, limits, false)
  const nothing = () => found.silent.length + found.broken.length + found.illegible.length === found.pages
  // Once more and strictly, to tell pages without text from pages whose text cannot be read.
  if (nothing()) found = await readPages(bytes, limits, true)
  const { pages, perPage, silent, broken, illegible } = found
  if (broken.length === pages) refuse(failures.damaged('none of its pages can be read'))
  if (illegible.length > 0 && nothing()) {
    refuse(
      failures.noText(
        'Its letters can only be shown, not read: its fonts do not say which letters they are.',
      ),
    )
  }
  if (nothing()) {
    const where = pages === 1 ? 'its only page, which is' : `its ${pages} pages, which are`
    refuse(failures.noText(`No text found on ${where} probably scanned.`))
  }
  const remarks: ReadingRemark[] = []
  if (silent.length > 0) remarks.push(sayPages(silent, pages))
  for (const number of broken.slice(0, 20)) {
    remarks.push({
      code: 'page-unreadable',
      message: `Page ${number} of ${pages} is damaged and was left out.`,
    })
  }
  for (const number of illegible.slice(0, 20)) {
    const why = 'is set in a font whose letters cannot be read, and was left out'
    remarks.push({ code: 'page-unreadable', message: `Page ${number} of ${pages} ${why}.` })
  }
  return { text: joinPages(perPage), pages, remarks }
}

async function readPages(bytes: Buffer, limits: ReadingLimits, strict: boolean): Promise<PdfPages> {
  const pdfjs = await loadPdfjs()
  const task = pdfjs.getDocument({
    // A copy: pdf.js keeps what it is given, and a second look needs the bytes again.
    data: new Uint8Array(bytes),
    stopAtErrors: strict,
    verbosity: 0,
    isEvalSupported: false,
    useSystemFonts: false,
    disableFontFace: true,
    useWorkerFetch: false,
    useWasm: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    enableXfa: false,
  })
  try {
    const document = await task.promise
    const pages = document.numPages
    if (pages > limits.pages) refuse(failures.tooManyPages(pages, limits.pages))
    if (claimedPages(bytes) > Math.max(pages, limits.pages)) {
      refuse(failures.damaged('it says it has far more pages than it has'))
    }
    return await readEachPage(document, pages, limits, await countTypedPages(document, bytes))
  } catch (error) {
    return failureOf(error)
  } finally {
    await task.destroy()
  }
}

async function readEachPage(
  document: PdfDocument,
  pages: number,
  limits: ReadingLimits,
  typedPages: number,
): Promise<PdfPages> {
  const budget: Budget = { units: limits.textBytes }
  const found: PdfPages = { pages, perPage: [], silent: [], broken: [], illegible: [] }
  for (let number = 1; number <= pages; number++) {
    try {
      const page = await document.getPage(number)
      const [, bottom = 0, , top = 842] = page.view
      const items = await readItems(page, budget, limits)
      const typed = number <= typedPages ? await readAnnotations(page, budget, limits) : []
      const lines = withTyped(makeLines(items, bottom), typed, bottom)
      if (lines.length === 0) found.silent.push(number)
      else if (isIllegible(lines)) found.illegible.push(number)
      else found.perPage.push({ lines, height: top - bottom })
      page.cleanup()
    } catch (error) {
      if (error instanceof UnreadableFile) throw error
      found.broken.push(number)
    }
  }
  return found
}
