import { type Block, type Blocks, escapeXml, toBlocks } from './blocks.ts'
import { makeZip } from './zip.ts'

const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
const names = 'urn:oasis:names:tc:opendocument:xmlns'
const mediaType = 'application/vnd.oasis.opendocument.text'

const manifest = `${head}<manifest:manifest xmlns:manifest="${names}:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="${mediaType}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>`

/** An OpenDocument text: the type stored first and unpacked, then manifest, properties and content. */
export function makeOdt(blocks: Blocks, options: { title?: string; author?: string } = {}): Buffer {
  const body = toBlocks(blocks).map(blockXml).join('')
  const content = `${head}<office:document-content xmlns:office="${names}:office:1.0" xmlns:text="${names}:text:1.0" xmlns:table="${names}:table:1.0" office:version="1.2"><office:body><office:text>${body}</office:text></office:body></office:document-content>`
  const meta = `${head}<office:document-meta xmlns:office="${names}:office:1.0" xmlns:meta="${names}:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"><office:meta><dc:title>${escapeXml(options.title ?? '')}</dc:title><meta:initial-creator>${escapeXml(options.author ?? '')}</meta:initial-creator><meta:creation-date>2026-11-04T09:00:00</meta:creation-date></office:meta></office:document-meta>`
  return makeZip([
    { name: 'mimetype', bytes: mediaType, stored: true },
    { name: 'content.xml', bytes: content },
    { name: 'meta.xml', bytes: meta },
    { name: 'META-INF/manifest.xml', bytes: manifest },
  ])
}

function blockXml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<text:p>${inlineXml(block.text)}</text:p>`
    case 'heading':
      return `<text:h text:outline-level="1">${inlineXml(block.text)}</text:h>`
    case 'list': {
      const items = block.items.map(
        (item) => `<text:list-item><text:p>${inlineXml(item)}</text:p></text:list-item>`,
      )
      return `<text:list>${items.join('')}</text:list>`
    }
    case 'table': {
      const columns = block.rows[0]?.length ?? 0
      const cell = (text: string) =>
        `<table:table-cell office:value-type="string"><text:p>${inlineXml(text)}</text:p></table:table-cell>`
      const rows = block.rows.map((row) => `<table:table-row>${row.map(cell).join('')}</table:table-row>`)
      return `<table:table table:name="Table1"><table:table-column table:number-columns-repeated="${columns}"/>${rows.join('')}</table:table>`
    }
  }
}

// OpenDocument collapses white space as HTML does; what is meant to stay has elements of its own.
function inlineXml(text: string): string {
  return escapeXml(text)
    .replaceAll('\t', '<text:tab/>')
    .replaceAll('\n', '<text:line-break/>')
    .replace(/ ( +)/g, (_, more: string) => ` <text:s text:c="${more.length}"/>`)
}
