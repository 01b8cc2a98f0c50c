/** Markup that may stand in a page as it is. Only `html` and `trusted` make it. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

export type Content = Html | string | number | null | undefined | false | readonly Content[]

const replacements: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// Characters that neither XML nor HTML may carry, beside the five that mean something in markup.
const special = /[&<>"'\ufffe\uffff]|[^\t\n\r\P{Cc}]/gu

/** Control characters become the pictures Unicode has for them (␀), the rest of the forbidden becomes U+FFFD. */
const replace = (character: string): string => {
  const known = replacements[character]
  if (known) return known
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : '\ufffd'
}

/** Text as it may stand between tags and inside quoted attributes; a lone surrogate becomes U+FFFD. */
export const escape = (text: string): string => text.toWellFormed().replace(special, replace)

function markupOf(content: Content): string {
  if (content === null || content === undefined || content === false) return ''
  if (content instanceof Html) return content.markup
  if (typeof content === 'string') return escape(content)
  if (typeof content === 'number') return String(content)
  let markup = ''
  for (const part of content) markup += markupOf(part)
  return markup
}

/** A template of markup: whatever is put into it is escaped unless `html` made it. */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Html {
  let markup = strings[0]!
  for (let i = 0; i < contents.length; i++) markup += markupOf(contents[i]) + strings[i + 1]!
  return new Html(markup)
}

/** For this program's own style sheet and script only; never for anything that came from outside. */
export const trusted = (markup: string): Html => new Html(markup)

/** A heading whose level depends on where its part of the report stands. */
export function heading(level: 1 | 2 | 3, id: string, className: string, content: Content): Html {
  const attributes = html`id="${id}" class="${className}"`
  return new Html(`<h${level} ${attributes.markup}>${markupOf(content)}</h${level}>`)
}
