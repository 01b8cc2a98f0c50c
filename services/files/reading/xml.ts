/**
 * Walks an XML part of a document with no entities, no outside references and no recursion.
 * From: the specification's bad input: "XML entities that expand or point outside, nesting that overflows a stack".
 * Does not promise: validation; an element nobody asks about is passed over.
 */
import { SaxesParser, type SaxesTag } from 'saxes'
import { failures, refuse } from './failures.ts'
import { UnreadableFile, type ReadingLimits } from './reading.ts'

export type Attributes = Record<string, string>

export interface XmlVisitor {
  open(name: string, attributes: Attributes): void
  close(name: string): void
  text(text: string): void
}

const PIECE = 1 << 16
const ENCODING = /^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/

function decodeXml(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const declared = ENCODING.exec(bytes.toString('latin1', 0, 300))?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(declared).decode(bytes)
  } catch {
    return refuse(failures.damaged(`its encoding "${declared}" is not known`))
  }
}

/** Prefixes of the namespaces that the visitors know, whatever the file calls them. */
export type Namespaces = ReadonlyMap<string, string>

export function walkXml(bytes: Buffer, known: Namespaces, limits: ReadingLimits, visitor: XmlVisitor): void {
  const parser = new SaxesParser({ position: false })
  const prefixes = new Map<string, string>()
  let names = new Map<string, string>()
  let depth = 0

  const declare = (attributes: Attributes) => {
    for (const key in attributes) {
      if (!key.startsWith('xmlns')) continue
      const prefix = key === 'xmlns' ? '' : key.slice(6)
      const usual = known.get(attributes[key]!) ?? prefix
      if ((prefixes.get(prefix) ?? prefix) !== usual) names = new Map()
      prefixes.set(prefix, usual)
    }
  }
  const usualName = (name: string): string => {
    let usual = names.get(name)
    if (usual === undefined) {
      const colon = name.indexOf(':')
      const prefix = colon < 0 ? '' : name.slice(0, colon)
      const mapped = prefixes.get(prefix) ?? prefix
      usual = mapped === '' ? name : `${mapped}:${name.slice(colon + 1)}`
      names.set(name, usual)
    }
    return usual
  }
  const renamed = (attributes: Attributes): Attributes => {
    let out = attributes
    for (const key in attributes) {
      const usual = key.includes(':') ? usualName(key) : key
      if (usual === key) continue
      if (out === attributes) out = { ...attributes }
      out[usual] = attributes[key]!
    }
    return out
  }

  parser.on('doctype', () =>
    refuse(failures.damaged('it declares entities of its own, which documents never do')),
  )
  parser.on('error', (error) => refuse(failures.damaged(`its XML is broken (${error.message})`)))
  parser.on('opentag', (tag: SaxesTag) => {
    if (++depth > limits.nesting) {
      refuse(failures.damaged(`it is nested more than ${limits.nesting} levels deep`))
    }
    const attributes = tag.attributes as Attributes
    declare(attributes)
    visitor.open(usualName(tag.name), renamed(attributes))
  })
  parser.on('closetag', (tag: SaxesTag) => {
    depth--
    visitor.close(usualName(tag.name))
  })
  parser.on('text', (text) => visitor.text(text))
  parser.on('cdata', (text) => visitor.text(text))
  try {
    const xml = decodeXml(bytes)
    for (let i = 0; i < xml.length; i += PIECE) parser.write(xml.slice(i, i + PIECE))
    parser.close()
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    refuse(failures.damaged('its XML is broken'))
  }
}
