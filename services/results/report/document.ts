import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { html, trusted, type Content } from './html.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The later sheets adapt the earlier ones. */
const style = ['base', 'class', 'essay', 'narrow', 'print']
  .map((name) => read(`./styles/${name}.css`))
  .join('')
const script = read('./report.js')

const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Nothing may load, be framed into or leave this file; its own style and script are known by their hash. */
const policy = `default-src 'none'; style-src ${sourceOf(style)}; script-src ${sourceOf(script)}; base-uri 'none'; form-action 'none'`

/** A whole file. It is well-formed XML as well, so that any parser can check it. */
export function htmlDocument(title: string, body: Content): string {
  return `<!DOCTYPE html>
${
  html`<html lang="en-GB">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${policy}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <meta name="robots" content="noindex" />
      <title>${title}</title>
      ${trusted(`<style>${style}</style>`)}
    </head>
    <body>
      <a class="skip" href="#main">Skip to the report</a>
      ${body} ${trusted(`<script>${script}</script>`)}
    </body>
  </html>`.markup
}
`
}
