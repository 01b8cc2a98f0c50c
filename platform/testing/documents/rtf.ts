import iconv from 'iconv-lite'
import { type Block, type Blocks, toBlocks } from './blocks.ts'

/** A rich text file as Word writes it: 7-bit, other characters as `\uN` followed by their Windows-1252 substitute. */
export function makeRtf(blocks: Blocks, options: { title?: string; author?: string } = {}): Buffer {
  const fonts = '{\\fonttbl{\\f0\\froman\\fcharset0 Times New Roman;}}'
  const colours = '{\\colortbl;\\red0\\green0\\blue0;}'
  const info = `{\\info{\\title ${escapeRtf(options.title ?? '')}}{\\author ${escapeRtf(options.author ?? '')}}{\\creatim\\yr2026\\mo11\\dy4\\hr9\\min0}}`
  const generator = '{\\*\\generator Assay forge;}'
  const body = toBlocks(blocks).map(blockRtf).join('\r\n')
  return Buffer.from(
    `{\\rtf1\\ansi\\ansicpg1252\\deff0\\uc1${fonts}${colours}${generator}${info}\r\n\\paperw11906\\paperh16838\\fs24\r\n${body}\r\n}`,
    'latin1',
  )
}

function blockRtf(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `\\pard\\sa160 ${escapeRtf(block.text)}\\par`
    case 'heading':
      return `\\pard\\sa160\\b\\fs32 ${escapeRtf(block.text)}\\b0\\fs24\\par`
    case 'list':
      return block.items
        .map((item) => `\\pard\\li720\\fi-360{\\listtext\\f0 \\'b7\\tab}${escapeRtf(item)}\\par`)
        .join('\r\n')
    case 'table':
      return `${block.rows.map(rowRtf).join('\r\n')}\r\n\\pard`
  }
}

function rowRtf(cells: string[]): string {
  const edges = cells.map((_, n) => `\\cellx${(n + 1) * 1800}`).join('')
  return `\\trowd${edges}\\pard\\intbl ${cells.map((cell) => `${escapeRtf(cell)}\\cell`).join(' ')}\\row`
}

function escapeRtf(text: string): string {
  let escaped = ''
  for (let n = 0; n < text.length; n++) {
    const unit = text.charCodeAt(n)
    const char = text[n]!
    if (char === '\\' || char === '{' || char === '}') escaped += `\\${char}`
    else if (char === '\t') escaped += '\\tab '
    else if (char === '\n') escaped += '\\line '
    else if (unit < 128) escaped += char
    else {
      const substitute = iconv.encode(char, 'windows-1252')[0]!
      escaped += `\\u${unit > 32767 ? unit - 65536 : unit}\\'${substitute.toString(16)}`
    }
  }
  return escaped
}
