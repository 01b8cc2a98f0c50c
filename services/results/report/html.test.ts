import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escape, html } from './html.ts'
import { parsePage, textOf } from './testing/parse.ts'
import { plainFileName, showFileName } from './visible.ts'

test('what goes in as text comes out as the same text, in content and in attributes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const root = parsePage(html`<p title="${text}">${text}</p>`.markup)
      const forbidden = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu
      const lines = text.toWellFormed().replace(/\r\n?/g, '\n').replace(forbidden, '')
      const shown = textOf(root).replace(/[\u2400-\u2421\ufffd]/g, '')
      expect(shown).toBe(lines.replace(/[\u2400-\u2421\ufffd]/g, ''))
    }),
  )
})

test('control characters and lone surrogates become visible', () => {
  expect(escape('a\u0000b\u0007\u007f\u0085\ud83d')).toBe('a␀b␇␡\ufffd\ufffd')
})

test('characters that turn the direction of a file name are shown by their name', () => {
  expect(plainFileName('invoice\u202excod.exe')).toBe('invoice⟨RLO⟩xcod.exe')
  expect(showFileName('a\u2066b').markup).toBe('<bdi>a<span class="control">⟨LRI⟩</span>b</bdi>')
  expect(plainFileName('👩🏽‍🏫 עברית.odt')).toBe('👩🏽‍🏫 עברית.odt')
})
