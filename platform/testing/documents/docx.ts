import { type Block, type Blocks, escapeXml, toBlocks } from './blocks.ts'
import { makeZip, type ZipEntry } from './zip.ts'

export interface DocxOptions {
  title?: string
  author?: string
  /** Further parts, for instance an image or a macro that a reader has to ignore or refuse. */
  extraParts?: ZipEntry[]
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const wordNames = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const officeRels = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageNames = 'http://schemas.openxmlformats.org/package/2006'
const wordType = 'application/vnd.openxmlformats-officedocument.wordprocessingml'

const contentTypes = `${head}<Types xmlns="${packageNames}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="bin" ContentType="application/octet-stream"/><Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/><Override PartName="/word/document.xml" ContentType="${wordType}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${wordType}.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="${wordType}.numbering+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
const packageRels = `${head}<Relationships xmlns="${packageNames}/relationships"><Relationship Id="rId1" Type="${officeRels}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="${packageNames}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
const documentRels = `${head}<Relationships xmlns="${packageNames}/relationships"><Relationship Id="rId1" Type="${officeRels}/styles" Target="styles.xml"/><Relationship Id="rId2" Type="${officeRels}/numbering" Target="numbering.xml"/></Relationships>`
const styles = `${head}<w:styles ${wordNames}><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style></w:styles>`
const numbering = `${head}<w:numbering ${wordNames}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`

/** A valid Word document. The fixed parts are the smallest set that Word, LibreOffice and mammoth open. */
export function makeDocx(blocks: Blocks, options: DocxOptions = {}): Buffer {
  const body = toBlocks(blocks).map(blockXml).join('')
  const document = `${head}<w:document ${wordNames}><w:body>${body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`
  const date = '<dcterms:created xsi:type="dcterms:W3CDTF">2026-11-04T09:00:00Z</dcterms:created>'
  const core = `${head}<cp:coreProperties xmlns:cp="${packageNames}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${escapeXml(options.title ?? '')}</dc:title><dc:creator>${escapeXml(options.author ?? '')}</dc:creator>${date}</cp:coreProperties>`
  return makeZip([
    { name: '[Content_Types].xml', bytes: contentTypes },
    { name: '_rels/.rels', bytes: packageRels },
    { name: 'docProps/core.xml', bytes: core },
    { name: 'word/_rels/document.xml.rels', bytes: documentRels },
    { name: 'word/styles.xml', bytes: styles },
    { name: 'word/numbering.xml', bytes: numbering },
    { name: 'word/document.xml', bytes: document },
    ...(options.extraParts ?? []),
  ])
}

function blockXml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return paragraphXml(block.text)
    case 'heading':
      return paragraphXml(block.text, '<w:pStyle w:val="Heading1"/>')
    case 'list': {
      const bullet = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
      return block.items.map((item) => paragraphXml(item, bullet)).join('')
    }
    case 'table': {
      const cell = (text: string) =>
        `<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr>${paragraphXml(text)}</w:tc>`
      const grid = `<w:tblGrid>${'<w:gridCol w:w="2000"/>'.repeat(block.rows[0]?.length ?? 0)}</w:tblGrid>`
      const rows = block.rows.map((row) => `<w:tr>${row.map(cell).join('')}</w:tr>`).join('')
      return `<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>${grid}${rows}</w:tbl>`
    }
  }
}

function paragraphXml(text: string, properties = ''): string {
  const style = properties && `<w:pPr>${properties}</w:pPr>`
  return `<w:p>${style}<w:r><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r></w:p>`
}
