import { SaxesParser } from 'saxes'

export interface Element {
  name: string
  attributes: Record<string, string>
  children: (Element | string)[]
}

/** Reads a page as strict XML; throws on anything left open, unescaped or doubled. */
export function parsePage(page: string): Element {
  const parser = new SaxesParser()
  const root: Element = { name: '', attributes: {}, children: [] }
  const open = [root]
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, children: [] }
    open.at(-1)!.children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => open.pop())
  parser.on('text', (text) => open.at(-1)?.children.push(text))
  parser.write(page).close()
  return root
}

export function* descendants(element: Element): Generator<Element> {
  for (const child of element.children) {
    if (typeof child === 'string') continue
    yield child
    yield* descendants(child)
  }
}

const classesOf = (element: Element): string[] => (element.attributes['class'] ?? '').split(/\s+/)

export const all = (element: Element, matches: (element: Element) => boolean): Element[] =>
  [...descendants(element)].filter(matches)

export function one(element: Element, matches: (element: Element) => boolean): Element {
  const found = all(element, matches)
  if (found.length !== 1) throw new Error(`expected one element, found ${found.length}`)
  return found[0]!
}

export const hasId = (id: string) => (element: Element) => element.attributes['id'] === id
export const hasClass = (name: string) => (element: Element) => classesOf(element).includes(name)
export const isTag = (name: string) => (element: Element) => element.name === name

/** The text a reader sees; elements that `skip` matches are left out. */
export function textOf(element: Element, skip: (element: Element) => boolean = () => false): string {
  return element.children
    .map((child) => (typeof child === 'string' ? child : skip(child) ? '' : textOf(child, skip)))
    .join('')
}

/** The same with runs of white space folded, as a browser shows it. */
export const seen = (element: Element): string => textOf(element).replace(/\s+/g, ' ').trim()
