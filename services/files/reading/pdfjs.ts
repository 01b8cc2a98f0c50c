/**
 * pdf.js, loaded when the first pdf comes: it costs 15 MB and 100 ms, which a class that hands in docx never pays.
 * From: unpdf's bundle of pdf.js 6, whose worker runs in the same thread.
 * Does not promise: drawing; only what text extraction touches is stubbed.
 */

export interface PdfItem {
  str?: string
  transform?: number[]
  width?: number
  height?: number
  hasEOL?: boolean
  fontName?: string
}

/** What pdf.js says of a form's field or of text typed onto a page; much more, which is not looked at. */
export interface PdfAnnotation {
  subtype?: string
  fieldType?: string
  fieldValue?: unknown
  hidden?: boolean
  password?: boolean
  contentsObj?: { str?: string }
  /** left, bottom, right, top in points */
  rect?: number[]
}

export interface PdfPage {
  view: number[]
  getAnnotations(): Promise<PdfAnnotation[]>
  streamTextContent(options?: object): ReadableStream<{ items: PdfItem[] }>
  cleanup(): void
}

export interface PdfDocument {
  numPages: number
  getPage(number: number): Promise<PdfPage>
  /** null without a form. */
  getFieldObjects(): Promise<object | null>
}

interface PdfTask {
  promise: Promise<PdfDocument>
  destroy(): Promise<void>
}

interface Pdfjs {
  getDocument(options: object): PdfTask
}

let loaded: Promise<Pdfjs> | undefined

export function loadPdfjs(): Promise<Pdfjs> {
  const globals = globalThis as Record<string, unknown>
  // Asked for when the module is evaluated; text extraction never computes with it.
  globals.DOMMatrix ??= class DOMMatrix {}
  const name = 'unpdf/pdfjs'
  return (loaded ??= import(name) as Promise<Pdfjs>)
}

const CHECK_EVERY = 64

/**
 * Makes everything pdf.js draws fail once it has computed this long. It never returns to the event loop while it
 * follows forms within forms, so no timer can end that; but it asks for the time at every form and every 100 operators.
 */
export function limitWork(cpuMs: number): { readonly exceeded: boolean; end(): void } {
  const now = Date.now
  const before = process.cpuUsage()
  let calls = 0
  let exceeded = false
  Date.now = () => {
    if (!exceeded && ++calls % CHECK_EVERY === 0) {
      const used = process.cpuUsage(before)
      exceeded = used.user + used.system > cpuMs * 1000
    }
    if (exceeded) throw new Error('the page computes too long')
    return now()
  }
  return {
    get exceeded() {
      return exceeded
    },
    end() {
      Date.now = now
    },
  }
}
