/**
 * The text of an OpenDocument text: body, then footnotes, then endnotes; deleted text, comments and heads left out.
 * From: OASIS ODF 1.2 part 1: 5 (text), 6 (white space, fields, notes), 9 (tables), 10 (frames); part 3 (encryption).
 * Does not promise: automatic numbers of lists, or formulas, which live in parts of their own.
 */
import { Blocks, joinBlocks } from './blocks.ts'
import { failures, refuse } from './failures.ts'
import type { ReadingLimits } from './reading.ts'
import { walkXml, type Attributes, type Namespaces, type XmlVisitor } from './xml.ts'
import type { Zip } from './zip-guard.ts'

const ODF = 'urn:oasis:names:tc:opendocument:xmlns:'
const odtNamespaces: Namespaces = new Map(
  [
    ['office', 'office'],
    ['text', 'text'],
    ['table', 'table'],
    ['drawing', 'draw'],
    ['svg-compatible', 'svg'],
    ['form', 'form'],
    ['manifest', 'manifest'],
  ].map(([name, prefix]) => [`${ODF}${name}:1.0`, prefix!]),
)

const LEFT_OUT = new Set([
  'text:tracked-changes',
  'text:note-citation',
  'text:ruby-text',
  'text:sequence-decls',
  'text:variable-decls',
  'text:user-field-decls',
  'text:table-of-content-source',
  'office:annotation',
  'office:forms',
  'office:scripts',
  'office:event-listeners',
  'svg:title',
  'svg:desc',
  'draw:object',
  'draw:object-ole',
])

/** Frames and shapes: what is written in them follows the paragraph they hang on. */
const SHAPES = new Set(
  [
    'text-box',
    'custom-shape',
    'rect',
    'ellipse',
    'circle',
    'line',
    'path',
    'polygon',
    'polyline',
    'connector',
    'caption',
    'measure',
    'regular-polygon',
  ].map((name) => `draw:${name}`),
)

const count = (value: string | undefined): number => {
  const n = Number(value ?? 1)
  return Number.isSafeInteger(n) && n > 0 ? n : 1
}

class OdtBody implements XmlVisitor {
  readonly blocks: Blocks
  readonly notes = { footnote: [] as string[], endnote: [] as string[] }
  sawText = false
  #skip = 0
  #inText = false
  /** White space before the next letter falls away. */
  #afterSpace: boolean[] = [true]
  #cells: number[] = []
  #rows: number[] = []
  #noteKinds: ('footnote' | 'endnote')[] = []

  constructor(limits: ReadingLimits) {
    this.blocks = new Blocks(limits.textBytes)
  }

  set #spaced(value: boolean) {
    this.#afterSpace[this.#afterSpace.length - 1] = value
  }

  open(name: string, attributes: Attributes): void {
    if (this.#skip > 0 || LEFT_OUT.has(name)) {
      this.#skip++
      return
    }
    if (SHAPES.has(name)) return this.#openFlow()
    switch (name) {
      case 'office:text':
        this.#inText = true
        this.sawText = true
        break
      case 'text:p':
      case 'text:h':
        this.blocks.openParagraph()
        this.#afterSpace.push(true)
        break
      case 'text:s': {
        const spaces = count(attributes['text:c'])
        // Spent before it is made: a count of 10⁹ must not become a string first.
        this.blocks.spend(spaces - 1)
        this.#write(' '.repeat(spaces))
        break
      }
      case 'text:tab':
        this.#write('\t')
        break
      case 'text:line-break':
        this.#write('\n')
        break
      case 'text:note':
        this.#noteKinds.push(attributes['text:note-class'] === 'endnote' ? 'endnote' : 'footnote')
        break
      case 'text:note-body':
        this.#openFlow()
        break
      case 'table:table':
        this.blocks.openTable()
        break
      case 'table:table-row':
        this.#rows.push(count(attributes['table:number-rows-repeated']))
        this.blocks.openRow()
        break
      case 'table:table-cell':
      case 'table:covered-table-cell':
        this.#cells.push(count(attributes['table:number-columns-repeated']))
        this.blocks.openCell()
        break
    }
  }

  #openFlow(): void {
    this.blocks.openFlow()
    this.#afterSpace.push(true)
  }

  #write(text: string): void {
    this.blocks.add(text)
    this.#spaced = false
  }

  close(name: string): void {
    if (this.#skip > 0) {
      this.#skip--
      return
    }
    if (SHAPES.has(name)) {
      this.#afterSpace.pop()
      return this.blocks.attach(this.blocks.closeFlow())
    }
    switch (name) {
      case 'office:text':
        this.#inText = false
        break
      case 'text:p':
      case 'text:h':
        this.#afterSpace.pop()
        this.blocks.closeParagraph()
        break
      case 'text:note':
        this.#noteKinds.pop()
        break
      case 'text:note-body': {
        this.#afterSpace.pop()
        const blocks = this.blocks.closeFlow()
        this.notes[this.#noteKinds.at(-1) ?? 'footnote'].push(...blocks)
        break
      }
      case 'table:table':
        this.blocks.closeTable()
        break
      case 'table:table-row':
        this.blocks.closeRow(this.#rows.pop())
        break
      case 'table:table-cell':
      case 'table:covered-table-cell':
        this.blocks.closeCell(this.#cells.pop())
        break
    }
  }

  text(text: string): void {
    // Depth one is outside every paragraph: indentation of the XML.
    if (this.#skip > 0 || !this.#inText || this.#afterSpace.length === 1) return
    let one = text.replace(/[ \t\r\n]+/g, ' ')
    if (this.#afterSpace.at(-1) && one.startsWith(' ')) one = one.slice(1)
    if (one === '') return
    this.blocks.add(one)
    this.#spaced = one.endsWith(' ')
  }
}

function isEncrypted(zip: Zip): boolean {
  if (zip.find('encrypted-package')) return true
  const manifest = zip.find('META-INF/manifest.xml')
  return manifest !== undefined && zip.unpack(manifest).includes('encryption-data')
}

export function readOdt(zip: Zip, limits: ReadingLimits): string {
  if (isEncrypted(zip)) refuse(failures.encrypted())
  const content = zip.find('content.xml')
  if (!content) refuse(failures.damaged('the part with its text is missing'))
  const body = new OdtBody(limits)
  walkXml(zip.unpack(content), odtNamespaces, limits, body)
  if (!body.sawText) refuse(failures.damaged('its text has no body'))
  return joinBlocks([...body.blocks.closeFlow(), ...body.notes.footnote, ...body.notes.endnote])
}
