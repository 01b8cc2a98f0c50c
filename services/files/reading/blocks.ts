/**
 * Puts the text of a word processor's file together: paragraphs, table rows, text boxes, notes, in reading order.
 * From: what LibreOffice writes as plain text; a text box follows the paragraph it hangs on, notes follow the text.
 * Does not promise: lay-out. Cells of a row are tabs apart; a cell of several paragraphs becomes those paragraphs.
 */
import { failures, refuse } from './failures.ts'

interface Paragraph {
  text: string
  /** Text boxes that hang on this paragraph. */
  after: string[]
}

interface Flow {
  blocks: string[]
  /** Beginning of the next paragraph: a drop cap, or a paragraph whose end was deleted. */
  carry: string
  paragraph: Paragraph | undefined
  /** Paragraphs within a paragraph, in this flow. */
  depth: number
}

interface Table {
  rows: string[]
  blocks: string[]
  cells: string[][] | undefined
}

const newFlow = (): Flow => ({ blocks: [], carry: '', paragraph: undefined, depth: 0 })

export class Blocks {
  readonly #budget: number
  #used = 0
  #flows: Flow[] = [newFlow()]
  #tables: Table[] = []

  /** `budget` is UTF-16 units of text; more is refused at once, however it came to be. */
  constructor(budget: number) {
    this.#budget = budget
  }

  get #flow(): Flow {
    return this.#flows.at(-1)!
  }

  spend(units: number): void {
    this.#used += units
    if (this.#used > this.#budget) refuse(failures.tooMuchText(this.#budget))
  }

  openParagraph(): void {
    const flow = this.#flow
    if (flow.depth++ === 0) {
      flow.paragraph = { text: flow.carry, after: [] }
      flow.carry = ''
    }
  }

  add(text: string): void {
    this.spend(text.length)
    const flow = this.#flow
    if (flow.paragraph) flow.paragraph.text += text
    else flow.carry += text
  }

  /** The text of the paragraph that is open, so far. */
  get open(): string {
    return this.#flow.paragraph?.text ?? ''
  }

  closeParagraph(joinsNext = false): void {
    const flow = this.#flow
    if (flow.depth === 0 || --flow.depth > 0) return
    const paragraph = flow.paragraph!
    flow.paragraph = undefined
    if (joinsNext) flow.carry = paragraph.text
    else if (paragraph.text !== '') flow.blocks.push(paragraph.text)
    flow.blocks.push(...paragraph.after)
  }

  openFlow(): void {
    this.#flows.push(newFlow())
  }

  /** Ends a text box, a cell or a note and gives its paragraphs. */
  closeFlow(): string[] {
    const flow = this.#flow
    if (flow.depth > 0) {
      flow.depth = 1
      this.closeParagraph()
    }
    if (flow.carry.trim() !== '') flow.blocks.push(flow.carry)
    if (this.#flows.length > 1) this.#flows.pop()
    return flow.blocks
  }

  /** Hangs paragraphs on the one that is open, or puts them next. */
  attach(blocks: string[]): void {
    const flow = this.#flow
    const to = flow.paragraph ? flow.paragraph.after : flow.blocks
    for (const block of blocks) to.push(block)
  }

  openTable(): void {
    this.#tables.push({ rows: [], blocks: [], cells: undefined })
  }

  openRow(): void {
    const table = this.#tables.at(-1)
    if (table) table.cells = []
  }

  openCell(): void {
    this.openFlow()
  }

  closeCell(repeat = 1): void {
    const blocks = this.closeFlow()
    const cells = this.#tables.at(-1)?.cells
    if (!cells) return this.attach(blocks)
    const size = blocks.reduce((sum, block) => sum + block.length + 1, 0)
    if (size === 0 && repeat > 1) repeat = 1
    if (repeat > 1) this.spend(size * (repeat - 1))
    for (let i = 0; i < repeat; i++) cells.push(blocks)
  }

  closeRow(repeat = 1): void {
    const table = this.#tables.at(-1)
    const cells = table?.cells
    if (!table || !cells) return
    table.cells = undefined
    const plain = cells.every((cell) => cell.length <= 1)
    const row = plain ? [cells.map((cell) => cell[0] ?? '').join('\t')] : cells.flat()
    const size = row.reduce((sum, block) => sum + block.trim().length, 0)
    if (size === 0) return
    if (repeat > 1) this.spend(size * (repeat - 1))
    for (let i = 0; i < repeat; i++) {
      if (plain) table.rows.push(row[0]!)
      else {
        this.#endRows(table)
        table.blocks.push(...row)
      }
    }
  }

  #endRows(table: Table): void {
    if (table.rows.length > 0) table.blocks.push(table.rows.join('\n'))
    table.rows = []
  }

  closeTable(): void {
    const table = this.#tables.pop()
    if (!table) return
    this.#endRows(table)
    this.attach(table.blocks)
  }
}

/** Indents made of spaces or tabs are looks. */
export const joinBlocks = (blocks: string[]): string => blocks.map((block) => block.trim()).join('\n\n')
