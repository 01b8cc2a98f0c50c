/**
 * The text of a Word file: body, then footnotes, then endnotes, each once and as the student left it.
 * From: ECMA-376 part 1, section 17 (WordprocessingML); Markup Compatibility for AlternateContent.
 * Does not promise: automatic numbers of lists, headers, footers, comments, or text that a style hides.
 */
import { failures, refuse } from './failures.ts'
import { joinBlocks } from './blocks.ts'
import { DocxBody } from './docx-body.ts'
import type { ReadingLimits } from './reading.ts'
import { walkXml, type Namespaces } from './xml.ts'
import type { Zip } from './zip-guard.ts'

const W = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
const W_STRICT = 'http://purl.oclc.org/ooxml/wordprocessingml/main'
export const docxNamespaces: Namespaces = new Map([
  [W, 'w'],
  [W_STRICT, 'w'],
  ['http://schemas.openxmlformats.org/markup-compatibility/2006', 'mc'],
  ['http://schemas.openxmlformats.org/officeDocument/2006/math', 'm'],
  ['http://purl.oclc.org/ooxml/officeDocument/math', 'm'],
  ['http://schemas.openxmlformats.org/package/2006/relationships', ''],
])

interface Relations {
  [kind: string]: string
}

/** Last word of the relation's type → the part it points to, as a name in the zip. */
function readRelations(zip: Zip, part: string, limits: ReadingLimits): Relations {
  const slash = part.lastIndexOf('/') + 1
  const folder = part.slice(0, slash)
  const entry = zip.find(`${folder}_rels/${part.slice(slash)}.rels`)
  const relations: Relations = Object.create(null)
  if (!entry) return relations
  walkXml(zip.unpack(entry), docxNamespaces, limits, {
    open(name, attributes) {
      if (name !== 'Relationship' || attributes.TargetMode === 'External') return
      const kind = attributes.Type?.split('/').at(-1)
      const target = attributes.Target
      if (!kind || !target || kind in relations) return
      relations[kind] = target.startsWith('/') ? target.slice(1) : folder + target.replace(/^\.\//, '')
    },
    close() {},
    text() {},
  })
  return relations
}

export function findMainPart(zip: Zip, limits: ReadingLimits): string | undefined {
  const said = readRelations(zip, '', limits).officeDocument
  return [said, 'word/document.xml'].find((name) => name !== undefined && zip.find(name) !== undefined)
}

export function readDocx(zip: Zip, limits: ReadingLimits): string {
  const main = findMainPart(zip, limits)
  if (main === undefined) refuse(failures.damaged('the part with its text is missing'))
  const relations = readRelations(zip, main, limits)
  const body = new DocxBody(limits)
  walkXml(zip.unpack(zip.find(main)!), docxNamespaces, limits, body)
  if (!body.sawBody) refuse(failures.damaged('its text has no body'))
  const blocks = body.finish()
  for (const kind of ['footnote', 'endnote'] as const) {
    const cited = body.cited[kind]
    if (cited.size === 0) continue
    const part = zip.find(relations[`${kind}s`] ?? `word/${kind}s.xml`)
    if (!part) continue
    const notes = new DocxBody(limits, body.blocks)
    walkXml(zip.unpack(part), docxNamespaces, limits, notes)
    for (const id of cited) for (const block of notes.notes.get(`${kind} ${id}`) ?? []) blocks.push(block)
  }
  return joinBlocks(blocks)
}
