import PDFDocument from 'pdfkit'
import { afterAll, describe, expect, test } from 'vitest'
import { onePage } from './make-files.ts'
import type { Line } from './pdf-lines.ts'
import { joinPages, type Page } from './pdf-paragraphs.ts'
import { createReaderPool } from './reader-pool.ts'

const pool = createReaderPool({ size: 1 })
afterAll(() => pool.close())

async function drawn(draw: (pdf: PDFKit.PDFDocument) => void): Promise<string> {
  const pdf = new PDFDocument({ size: 'A4' })
  const pieces: Buffer[] = []
  pdf.on('data', (piece: Buffer) => pieces.push(piece))
  const ended = new Promise((resolve) => pdf.on('end', resolve))
  draw(pdf)
  pdf.end()
  await ended
  const reading = await pool.read({ bytes: Buffer.concat(pieces), fileName: 'a.pdf' })
  return reading.ok ? reading.text : reading.error.code
}

/** Lines under each other from the top, 14 points apart, as wide as the column unless said otherwise. */
function page(...texts: (string | (Partial<Line> & { text: string }))[]): Page {
  const lines = texts.map((one, i): Line => {
    const given = typeof one === 'string' ? { text: one } : one
    return { left: 72, right: 520, base: 700 - 14 * i, size: 12, upright: true, note: false, ...given }
  })
  return { lines, height: 842 }
}

describe('the lines of a pdf', () => {
  test('become paragraphs at gaps, indents and short last lines', () => {
    expect(
      joinPages([
        page(
          'The first line runs',
          'on to the second',
          { text: 'and ends.', right: 150 },
          'A new one begins',
          { text: 'after a short line.', right: 200 },
        ),
      ]),
    ).toBe('The first line runs on to the second and ends.\n\nA new one begins after a short line.')
    expect(
      joinPages([page('Full line of one,', { text: 'Indented is another.', left: 90 }, 'It goes on.')]),
    ).toBe('Full line of one,\n\nIndented is another. It goes on.')
    expect(
      joinPages([page('One.', { text: 'Two after a gap', base: 660 }, { text: 'goes on.', base: 646 })]),
    ).toBe('One.\n\nTwo after a gap goes on.')
  })

  test('go on over a page and over a column when the sentence does', () => {
    expect(
      joinPages([page('It was the best', 'of times, it was the'), page('worst of times.', 'Truly.')]),
    ).toBe('It was the best of times, it was the worst of times. Truly.')
  })

  test('give broken words back, and leave the hyphen where the author has one', () => {
    expect(
      joinPages([
        page(
          'The gov-',
          'ernment of a well-',
          'known and well-known mother-in-',
          'law, pre-',
          '1914, Anglo-',
          'Saxon and OP-',
          'TIONAL.',
        ),
      ]),
    ).toBe('The government of a well-known and well-known mother-in-law, pre-1914, Anglo-Saxon and OPTIONAL.')
    expect(joinPages([page('It is case-insensi-', 'tive.')])).toBe('It is case-insensitive.')
    expect(joinPages([page({ text: 'See GRAM-', right: 200 }, 'MAR above.')])).toBe('See GRAMMAR above.')
  })

  test('give a drop cap back to its word, wherever it was drawn', () => {
    const cap = (text: string): Partial<Line> & { text: string } => ({
      text,
      left: 72,
      right: 95,
      size: 40,
      base: 672,
    })
    const first = { text: 'nce upon a time there', left: 97, base: 700 }
    const second = { text: 'was a drop cap.', left: 97, base: 686 }
    expect(joinPages([page(cap('O'), first, second)])).toBe('Once upon a time there was a drop cap.')
    expect(joinPages([page(first, second, cap('O'))])).toBe('Once upon a time there was a drop cap.')
    expect(joinPages([page({ ...first, text: 'time ago', left: 100.5 }, second, cap('A'))])).toBe(
      'A time ago was a drop cap.',
    )
  })

  test('leave out running heads and page numbers, and nothing else that repeats', () => {
    const pages = [1, 2, 3].map((n) =>
      page(
        { text: `Smith, My essay`, base: 800 },
        { text: `Refrain ${n}`, base: 600 },
        { text: `Own text of page ${'abc'[n - 1]}.`, base: 580 },
        { text: `Page ${n} of 3`, base: 40 },
      ),
    )
    const text = joinPages(pages)
    expect(text).not.toMatch(/Smith|Page/)
    expect(text.match(/Refrain/g)).toHaveLength(3)
    expect(joinPages([page({ text: 'Smith 1', base: 810 }, 'Words.', { text: '1', base: 30 })])).toBe(
      'Words.',
    )
    expect(joinPages([page('In 1914', { text: '1914', base: 30 })])).toContain('1914\n\n1914')
  })

  test('put notes behind the text, so that a paragraph is not cut in two by the foot of its page', () => {
    const note = { text: 'A note at the foot.', size: 9, base: 60, note: true }
    expect(joinPages([page('It was the best', 'of times, it was the', note), page('worst of times.')])).toBe(
      'It was the best of times, it was the worst of times.\n\nA note at the foot.',
    )
  })
})

describe('a pdf', () => {
  test('is read column by column, words whole and apart', async () => {
    const words = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda '.repeat(60).trim()
    expect(
      await drawn((pdf) => pdf.fontSize(10).text(words, { columns: 2, columnGap: 30, align: 'justify' })),
    ).toBe(words)
  })

  test('loses the raised numbers of its notes, but no power', async () => {
    const raised = (text: string) => `/F1 7 Tf 5 Ts (${text}) Tj 0 Ts /F1 12 Tf`
    const content = `BT /F1 12 Tf 72 700 Td (It was so.) Tj ${raised('12')} ( And more of it, 10) Tj ${raised('2')} ( times.) Tj ET`
    const reading = await pool.read({ bytes: onePage(content), fileName: 'a.pdf' })
    expect(reading).toMatchObject({ ok: true, text: 'It was so. And more of it, 102 times.' })
  })

  test('keeps a cell apart from one that runs over into it', async () => {
    const content =
      'BT /F1 12 Tf 72 700 Td (overfullword) Tj 40 0 Td (beside) Tj ET BT /F1 12 Tf 72 650 Td (kern) Tj 21 0 Td (ed) Tj ET'
    const reading = await pool.read({ bytes: onePage(content), fileName: 'a.pdf' })
    expect(reading).toMatchObject({ ok: true, text: 'overfullword beside\n\nkerned' })
  })

  test('gives a letter the accent that TeX drew before it, and leaves an accent typed as an apostrophe', async () => {
    const content =
      'BT /F1 12 Tf 72 700 Td (Br\\310) Tj 13.5 0 Td (oker) Tj ET BT /F1 12 Tf 72 650 Td (It\\302s so) Tj ET'
    const reading = await pool.read({ bytes: onePage(content), fileName: 'a.pdf' })
    expect(reading).toMatchObject({ ok: true, text: 'Bröker\n\nIt´s so' })
  })

  test('puts no space into Chinese where a line ends', () => {
    expect(joinPages([page('我们的学校很', '大。')])).toBe('我们的学校很大。')
  })

  test('holds what was typed into its form, behind the label, and no password', async () => {
    const pdf = await drawn((kit) => {
      kit.text('Your name:', 72, 100, { lineBreak: false }).text('Your essay:', 72, 140, { lineBreak: false })
      kit.text('Thank you.', 72, 400, { lineBreak: false })
      kit.initForm()
      kit.formText('name', 150, 96, 200, 18, { value: 'Ann Smith' })
      kit.formText('essay', 72, 160, 400, 200, { value: 'It was dark.', multiline: true })
      kit.formText('secret', 72, 420, 200, 18, { value: 'hunter', password: true })
    })
    expect(pdf).toBe('Your name:\n\nAnn Smith\n\nYour essay:\n\nIt was dark.\n\nThank you.')
  })

  test('keeps cells of a row apart', async () => {
    expect(
      await drawn((pdf) =>
        pdf.text('Name', 72, 100, { lineBreak: false }).text('Mark', 200, 100, { lineBreak: false }),
      ),
    ).toBe('Name Mark')
  })
})
