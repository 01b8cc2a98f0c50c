// Rule: characters one cannot see must not change how the visible ones read (Unicode TR36, "bidirectional spoofing").
// From: the list of explicit directional controls of UAX #9 and the invisible format characters of TR36.
// Not promised: look-alike letters of two scripts are left as they are.
import { html, type Content, type Html } from './html.ts'

const named: Record<string, string> = {
  '\u061c': 'ALM',
  '\u200b': 'ZWSP',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u2028': 'LS',
  '\u2029': 'PS',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2060': 'WJ',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\ufeff': 'BOM',
  '\n': 'LF',
  '\r': 'CR',
  '\t': 'TAB',
}
const hiddenInNames = /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\n\r\t]/g
const hiddenInText = /[\u202d\u202e]/g

const sign = (character: string): string => `⟨${named[character] ?? '?'}⟩`

function showHidden(text: string, hidden: RegExp): Content {
  if (text.search(hidden) < 0) return text
  const parts: Content[] = []
  let from = 0
  for (const match of text.matchAll(hidden)) {
    parts.push(text.slice(from, match.index), html`<span class="control">${sign(match[0])}</span>`)
    from = match.index + 1
  }
  parts.push(text.slice(from))
  return parts
}

/** Part of an essay; overrides of direction are shown as signs, everything else stays as written. */
export const showText = (text: string): Content => showHidden(text, hiddenInText)

/** A file name exactly as the teacher gave it, isolated from its surroundings, its invisible characters shown. */
export const showFileName = (name: string): Html => html`<bdi>${showHidden(name, hiddenInNames)}</bdi>`

/** The same where no markup can stand: titles and labels. */
export const plainFileName = (name: string): string => name.replace(hiddenInNames, sign)

/** Where the extension begins; the length of the name when there is none worth setting apart. */
export function extensionStart(name: string): number {
  const dot = name.lastIndexOf('.')
  return dot > 0 && name.length - dot <= 6 && /^\.[A-Za-z0-9]+$/.test(name.slice(dot)) ? dot : name.length
}
