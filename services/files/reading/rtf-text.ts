/**
 * Makes text of the braces, words and bytes of an rtf file.
 * From: Microsoft, Rich Text Format Specification 1.9.1: destinations, \uc, revision marks, tables as rows of \cell.
 * Does not promise: tables in tables as rows; their cells become paragraphs.
 */
import { Blocks, joinBlocks } from './blocks.ts'
import type { ReadingLimits } from './reading.ts'
import { symbolLetter } from './symbol-font.ts'
import { CHARACTERS, KEPT, LEFT_OUT, codePageOfCharset, encodingOf } from './rtf-words.ts'

interface State {
  /** Bytes to pass over after \u, as \uc says. */
  uc: number
  font: number
  hidden: boolean
  deleted: boolean
  /** Text here is no text of the document, only that of groups within may be. */
  mute: boolean
  fontTable: boolean
  flow: 'footnote' | 'endnote' | 'box' | undefined
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>()
function decode(bytes: number[], encoding: string): string {
  let decoder = decoders.get(encoding)
  if (!decoder) decoders.set(encoding, (decoder = new TextDecoder(encoding)))
  return decoder.decode(Uint8Array.from(bytes))
}

export class RtfText {
  readonly #blocks: Blocks
  readonly #notes = { footnote: [] as string[], endnote: [] as string[] }
  readonly #stack: State[] = []
  #state: State = {
    uc: 1,
    font: -1,
    hidden: false,
    deleted: false,
    mute: false,
    fontTable: false,
    flow: undefined,
  }
  /** The group opened with \*: unless its word is known, it is left out. */
  #optional = false
  #fresh = false
  #skipping = false
  #pending: number[] = []
  #passOver = 0
  #codePage = 1252
  #defaultFont = -1
  #fonts = new Map<number, number>()
  #symbolFonts = new Set<number>()
  #greekFonts = new Set<number>()
  #fontName = ''
  #inTable = false
  #dropCap = false
  #paragraphOpen = false
  /** How many flows are open, and in which a table, row and cell are. */
  #tables = new Map<number, 'between-rows' | 'in-row' | 'in-cell'>()
  #depth = 0
  #saved: { inTable: boolean; paragraphOpen: boolean; dropCap: boolean }[] = []

  constructor(limits: ReadingLimits) {
    this.#blocks = new Blocks(limits.textBytes)
  }

  /** True once after a word that opens a group to be jumped over. */
  get skipping(): boolean {
    return this.#skipping
  }

  openGroup(): void {
    this.#flush()
    this.#stack.push(this.#state)
    this.#state = { ...this.#state, flow: undefined }
    this.#fresh = true
    this.#passOver = 0
  }

  closeGroup(): void {
    this.#flush()
    this.#skipping = false
    this.#fresh = false
    this.#passOver = 0
    const { flow } = this.#state
    this.#state = this.#stack.pop() ?? this.#state
    if (flow) this.#closeFlow(flow)
  }

  byte(byte: number): void {
    if (this.#passOver > 0) {
      this.#passOver--
      return
    }
    this.#fresh = false
    if (this.#state.fontTable) this.#nameFont(byte)
    if (this.#silent) return
    this.#pending.push(byte)
    if (this.#pending.length > 4096 && byte < 0x80) this.#flush()
  }

  symbol(symbol: string): void {
    if (symbol === '*') {
      this.#optional = this.#fresh
      return
    }
    if (this.#passOver > 0) {
      this.#passOver--
      return
    }
    if (symbol === '{' || symbol === '}' || symbol === '\\') return this.byte(symbol.charCodeAt(0))
    this.#flush()
    if (symbol === '~') this.#add('\u00a0')
    else if (symbol === '_') this.#add('-')
    else if (symbol === '\n' || symbol === '\r') this.word('par', undefined)
  }

  word(word: string, parameter: number | undefined): void {
    const opens = this.#fresh
    const optional = this.#optional
    this.#fresh = false
    this.#optional = false
    if (opens && (LEFT_OUT.has(word) || (optional && !KEPT.has(word)))) {
      this.#skipping = true
      return
    }
    if (this.#passOver > 0) {
      this.#passOver--
      return
    }
    if (word === 'u') return this.#unicode(parameter ?? 0)
    this.#flush()
    const character = CHARACTERS[word]
    if (character !== undefined) this.#add(character)
    else if (opens && this.#opensPlace(word)) return
    else this.#property(word, parameter)
  }

  #opensPlace(word: string): boolean {
    switch (word) {
      case 'fonttbl':
        this.#state.mute = true
        this.#state.fontTable = true
        return true
      case 'footnote':
        this.#openFlow('footnote')
        return true
      case 'shpinst':
      case 'shp':
      case 'do':
        this.#state.mute = true
        return true
      case 'shptxt':
      case 'dptxbxtext':
        this.#openFlow('box')
        return true
      case 'ud':
        this.#state.mute = false
        return true
      case 'upr':
        // {\upr{ansi}{\*\ud{unicode}}}: the same twice; the second is taken.
        this.#state.mute = true
        return true
    }
    return false
  }

  #property(word: string, parameter: number | undefined): void {
    const state = this.#state
    const on = parameter !== 0
    switch (word) {
      case 'par':
      case 'sect':
      case 'page':
      case 'column':
        this.#endParagraph()
        break
      case 'pard':
        this.#inTable = false
        this.#dropCap = false
        break
      case 'intbl':
        this.#inTable = true
        break
      case 'cell':
        this.#endCell()
        break
      case 'nestcell':
        this.#endParagraph()
        break
      case 'row':
        this.#endRow()
        break
      case 'dropcapli':
        this.#dropCap = true
        break
      case 'plain':
        state.hidden = false
        state.deleted = false
        state.font = this.#defaultFont
        break
      case 'v':
        state.hidden = on
        break
      case 'deleted':
      case 'mvf':
        state.deleted = on
        break
      case 'uc':
        state.uc = Math.min(16, Math.max(0, parameter ?? 1))
        break
      case 'f':
        state.font = parameter ?? 0
        break
      case 'deff':
        this.#defaultFont = parameter ?? 0
        state.font = this.#defaultFont
        break
      case 'ftnalt':
        if (state.flow === 'footnote') state.flow = 'endnote'
        break
      case 'ansicpg':
        this.#codePage = parameter ?? 1252
        break
      case 'mac':
        this.#codePage = 10000
        break
      case 'fcharset':
        if (state.fontTable) this.#setCharset(state.font, parameter ?? 0)
        break
      case 'cpg':
        if (state.fontTable && parameter) this.#fonts.set(state.font, parameter)
        break
    }
  }

  /** "Symbol;" ends the entry of a font. */
  #nameFont(byte: number): void {
    if (byte !== 0x3b) this.#fontName = (this.#fontName + String.fromCharCode(byte)).slice(-64)
    else {
      if (this.#fontName.trim() === 'Symbol') this.#greekFonts.add(this.#state.font)
      this.#fontName = ''
    }
  }

  #setCharset(font: number, charset: number): void {
    const page = codePageOfCharset(charset)
    if (page !== undefined && !this.#fonts.has(font)) this.#fonts.set(font, page)
    if (charset === 2) this.#symbolFonts.add(font)
  }

  get #silent(): boolean {
    return this.#state.mute || this.#state.hidden || this.#state.deleted
  }

  #unicode(code: number): void {
    this.#passOver = this.#state.uc
    if (this.#silent) return
    this.#flush()
    const unit = code < 0 ? code + 0x10000 : code
    if (unit > 0 && unit <= 0xffff) this.#add(String.fromCharCode(unit))
    else if (unit > 0xffff && unit <= 0x10ffff) this.#add(String.fromCodePoint(unit))
  }

  #flush(): void {
    if (this.#pending.length === 0) return
    const bytes = this.#pending
    this.#pending = []
    const symbols = this.#symbolFonts.has(this.#state.font)
    const encoding = encodingOf(this.#fonts.get(this.#state.font) ?? this.#codePage)
    // Signs of a font like Wingdings are no letters, though their bytes are; those of "Symbol" are Greek.
    const letter = this.#greekFonts.has(this.#state.font) ? symbolLetter : () => ' '
    this.#add(symbols ? bytes.map(letter).join('') : decode(bytes, encoding))
  }

  #add(text: string): void {
    if (this.#silent) return
    if (!this.#paragraphOpen) this.#startParagraph()
    this.#blocks.add(text)
  }

  #startParagraph(): void {
    const table = this.#tables.get(this.#depth)
    if (this.#inTable) this.#enterCell()
    else if (table) this.#leaveTable()
    this.#blocks.openParagraph()
    this.#paragraphOpen = true
  }

  #endParagraph(): void {
    if (this.#state.mute) return
    if (!this.#paragraphOpen) return
    // The end of a paragraph that was deleted joins it to the next.
    this.#blocks.closeParagraph(this.#state.deleted || (this.#dropCap && this.#blocks.open.length <= 12))
    this.#paragraphOpen = false
  }

  #enterCell(): void {
    const table = this.#tables.get(this.#depth)
    if (table === undefined) this.#blocks.openTable()
    if (table === undefined || table === 'between-rows') this.#blocks.openRow()
    if (table !== 'in-cell') this.#blocks.openCell()
    this.#tables.set(this.#depth, 'in-cell')
  }

  #endCell(): void {
    if (this.#state.mute) return
    this.#endParagraph()
    this.#enterCell()
    this.#blocks.closeCell()
    this.#tables.set(this.#depth, 'in-row')
  }

  #endRow(): void {
    const table = this.#tables.get(this.#depth)
    if (this.#state.mute || table === undefined || table === 'between-rows') return
    if (table === 'in-cell') this.#endCell()
    this.#blocks.closeRow()
    this.#tables.set(this.#depth, 'between-rows')
  }

  #leaveTable(): void {
    this.#endRow()
    this.#blocks.closeTable()
    this.#tables.delete(this.#depth)
  }

  #openFlow(flow: 'footnote' | 'box'): void {
    this.#saved.push({ inTable: this.#inTable, paragraphOpen: this.#paragraphOpen, dropCap: this.#dropCap })
    this.#inTable = false
    this.#paragraphOpen = false
    this.#dropCap = false
    this.#state.mute = false
    this.#state.flow = flow
    this.#depth++
    this.#blocks.openFlow()
  }

  #closeFlow(flow: 'footnote' | 'endnote' | 'box'): void {
    if (this.#paragraphOpen) this.#blocks.closeParagraph()
    if (this.#tables.has(this.#depth)) this.#leaveTable()
    const blocks = this.#blocks.closeFlow()
    this.#depth--
    const saved = this.#saved.pop()!
    this.#inTable = saved.inTable
    this.#paragraphOpen = saved.paragraphOpen
    this.#dropCap = saved.dropCap
    if (flow === 'box') this.#blocks.attach(blocks)
    else this.#notes[flow].push(...blocks)
  }

  finish(): string {
    this.#flush()
    if (this.#paragraphOpen) this.#blocks.closeParagraph()
    if (this.#tables.has(this.#depth)) this.#leaveTable()
    return joinBlocks([...this.#blocks.closeFlow(), ...this.#notes.footnote, ...this.#notes.endnote])
  }
}
