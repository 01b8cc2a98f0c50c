/** What a made document consists of. A plain string is a paragraph. */
export type Block =
  | { kind: 'paragraph'; text: string }
  | { kind: 'heading'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'table'; rows: string[][] }

export type Blocks = readonly (string | Block)[]

export function toBlocks(blocks: Blocks): Block[] {
  return blocks.map((block) => (typeof block === 'string' ? { kind: 'paragraph', text: block } : block))
}

/** The lines of text in reading order: one per paragraph, heading, list item and table cell. */
export function linesOf(blocks: Blocks): string[] {
  return toBlocks(blocks).flatMap((block) => {
    if (block.kind === 'list') return block.items
    if (block.kind === 'table') return block.rows.flat()
    return [block.text]
  })
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }[char]};`)
}
