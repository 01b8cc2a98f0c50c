/**
 * Follows WordprocessingML element by element and keeps what is written there.
 * From: ECMA-376 part 1: 17.3 (runs), 17.4 (tables), 17.13.5 (revisions), 17.16 (fields); Office 2010 text boxes.
 * Does not promise: anything about looks; a picture's alternative text is not the student's writing.
 */
import { Blocks } from './blocks.ts'
import type { ReadingLimits } from './reading.ts'
import { symbolLetter } from './symbol-font.ts'
import type { Attributes, XmlVisitor } from './xml.ts'

/** Elements whose content was deleted, moved away, or is not text of the document. */
const LEFT_OUT = new Set([
  'w:del',
  'w:moveFrom',
  'w:delText',
  'w:instrText',
  'w:delInstrText',
  'w:rPrChange',
  'w:pPrChange',
  'w:sectPr',
  'w:numPr',
  'w:tblPr',
  'w:sdtPr',
  'w:sdtEndPr',
  'w:docPartObj',
  'w:rt',
  'w:fldData',
])

const MARKS: Record<string, string> = {
  'w:tab': '\t',
  'w:ptab': '\t',
  'w:cr': '\n',
  'w:noBreakHyphen': '-',
}

function symbol(attributes: Attributes): string {
  const code = Number.parseInt(attributes['w:char'] ?? '', 16)
  if (!(code >= 0x20 && code <= 0xffff)) return ''
  if (code < 0xe000 || code > 0xf8ff) return String.fromCharCode(code)
  return attributes['w:font'] === 'Symbol' ? symbolLetter(code & 0xff) : ' '
}

const isOff = (value: string | undefined) => value === '0' || value === 'false' || value === 'off'

export class DocxBody implements XmlVisitor {
  readonly blocks: Blocks
  readonly cited = { footnote: new Set<string>(), endnote: new Set<string>() }
  readonly notes = new Map<string, string[]>()
  sawBody = false
  /** Above zero inside something left out; counts its open elements. */
  #skip = 0
  #inText = false
  #runHidden = false
  #inRunProperties = false
  #inParagraphProperties = false
  #inRowProperties = false
  #markDeleted = false
  #dropCap = false
  #rowDeleted = false
  #note: string | undefined
  /** For each AlternateContent: units of text its choices have given. */
  #choices: { spent: number; taken: boolean }[] = []
  #spent = 0
  /** Paragraph properties of the paragraph around a text box, kept while the box is read. */
  #outer: { markDeleted: boolean; dropCap: boolean; runHidden: boolean }[] = []
  #rows: boolean[] = []

  constructor(limits: ReadingLimits, shared?: Blocks) {
    this.blocks = shared ?? new Blocks(limits.textBytes)
  }

  #add(text: string): void {
    if (text === '' || this.#runHidden || this.#rowDeleted) return
    this.#spent += text.length
    this.blocks.add(text)
  }

  open(name: string, attributes: Attributes): void {
    if (this.#skip > 0 || LEFT_OUT.has(name)) return this.#openLeftOut(name)
    switch (name) {
      case 'w:t':
      case 'm:t':
        this.#inText = true
        break
      case 'w:r':
        this.#runHidden = false
        break
      case 'w:p':
        this.#markDeleted = false
        this.#dropCap = false
        this.blocks.openParagraph()
        break
      case 'w:pPr':
        this.#inParagraphProperties = true
        break
      case 'w:rPr':
        this.#inRunProperties = true
        break
      case 'w:vanish':
        if (this.#inRunProperties && !this.#inParagraphProperties)
          this.#runHidden = !isOff(attributes['w:val'])
        break
      case 'w:framePr':
        this.#dropCap = attributes['w:dropCap'] === 'drop' || attributes['w:dropCap'] === 'margin'
        break
      case 'w:tab':
        // In paragraph properties it is a tab stop.
        if (!this.#inParagraphProperties) this.#add('\t')
        break
      case 'w:br':
        this.#add('\n')
        break
      case 'w:sym':
        this.#add(symbol(attributes))
        break
      case 'w:footnoteReference':
        this.cited.footnote.add(attributes['w:id'] ?? '')
        break
      case 'w:endnoteReference':
        this.cited.endnote.add(attributes['w:id'] ?? '')
        break
      default:
        if (name in MARKS) this.#add(MARKS[name]!)
        else this.#openBlock(name, attributes)
    }
  }

  #openLeftOut(name: string): void {
    // <w:del/> among the properties of a paragraph's end or of a row says that this end, or the row, was deleted.
    if (this.#skip === 0 && name === 'w:del') {
      if (this.#inParagraphProperties && this.#inRunProperties) this.#markDeleted = true
      else if (this.#inRowProperties) this.#rowDeleted = true
    }
    this.#skip++
  }

  #openBlock(name: string, attributes: Attributes): void {
    switch (name) {
      case 'w:body':
        this.sawBody = true
        break
      case 'w:tbl':
        this.blocks.openTable()
        break
      case 'w:tr':
        this.#rows.push(this.#rowDeleted)
        this.blocks.openRow()
        break
      case 'w:trPr':
        this.#inRowProperties = true
        break
      case 'w:tc':
        this.blocks.openCell()
        break
      case 'w:txbxContent':
        this.#outer.push({
          markDeleted: this.#markDeleted,
          dropCap: this.#dropCap,
          runHidden: this.#runHidden,
        })
        this.blocks.openFlow()
        break
      case 'mc:AlternateContent':
        this.#choices.push({ spent: this.#spent, taken: false })
        break
      case 'mc:Choice':
      case 'mc:Fallback':
        // The same text box stands in both; the first that holds text is taken.
        if (this.#choices.at(-1)?.taken) this.#skip = 1
        break
      case 'w:footnote':
      case 'w:endnote': {
        const separator = attributes['w:type'] !== undefined && attributes['w:type'] !== 'normal'
        this.#note = separator ? undefined : `${name.slice(2)} ${attributes['w:id'] ?? ''}`
        this.blocks.openFlow()
        break
      }
    }
  }

  close(name: string): void {
    if (this.#skip > 0) {
      this.#skip--
      return
    }
    switch (name) {
      case 'w:t':
      case 'm:t':
        this.#inText = false
        break
      case 'w:r':
        this.#runHidden = false
        break
      case 'w:p':
        this.blocks.closeParagraph(this.#markDeleted || (this.#dropCap && this.blocks.open.length <= 12))
        this.#markDeleted = false
        break
      case 'w:pPr':
        this.#inParagraphProperties = false
        break
      case 'w:rPr':
        this.#inRunProperties = false
        break
      case 'w:trPr':
        this.#inRowProperties = false
        break
      case 'w:tc':
        this.blocks.closeCell()
        break
      case 'w:tr':
        this.blocks.closeRow()
        this.#rowDeleted = this.#rows.pop() ?? false
        break
      case 'w:tbl':
        this.blocks.closeTable()
        break
      case 'w:txbxContent': {
        this.blocks.attach(this.blocks.closeFlow())
        const outer = this.#outer.pop()
        this.#markDeleted = outer?.markDeleted ?? false
        this.#dropCap = outer?.dropCap ?? false
        this.#runHidden = outer?.runHidden ?? false
        break
      }
      case 'mc:Choice':
      case 'mc:Fallback': {
        const choice = this.#choices.at(-1)
        if (choice && this.#spent > choice.spent) choice.taken = true
        break
      }
      case 'mc:AlternateContent':
        this.#choices.pop()
        break
      case 'w:footnote':
      case 'w:endnote': {
        const blocks = this.blocks.closeFlow()
        if (this.#note !== undefined) this.notes.set(this.#note, blocks)
        this.#note = undefined
        break
      }
    }
  }

  text(text: string): void {
    if (this.#inText && this.#skip === 0) this.#add(text)
  }

  finish(): string[] {
    return this.blocks.closeFlow()
  }
}
