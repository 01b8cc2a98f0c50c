import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSpelling } from '../exports/summary.ts'
import { paragraphsOf } from './markup.ts'
import { renderReport } from './report.ts'
import { buildEssay, buildFile, buildResults, buildTroubledClass, fileOf } from './testing/build-results.ts'
import { all, hasClass, hasId, isTag, one, parsePage, seen, textOf, type Element } from './testing/parse.ts'

const generatedAt = '2026-11-21T08:15:00.000Z'
const render = (results: Parameters<typeof renderReport>[0]) =>
  parsePage(renderReport(results, { generatedAt }).index)
const isLabel = isTag('sup')

describe('the report of a class', () => {
  const results = buildTroubledClass()
  const page = render(results)

  test('has one page, one row and one name for every essay', () => {
    const table = one(page, hasClass('essays'))
    const rows = all(one(table, isTag('tbody')), isTag('tr'))
    expect(rows).toHaveLength(results.essays.length)
    expect(all(page, isTag('article'))).toHaveLength(results.essays.length)
    for (const essay of results.essays) {
      const article = one(page, hasId(`essay-${essay.slot}`))
      expect(textOf(one(article, hasClass('student')))).toBe(essay.fileName)
      const row = rows.filter((candidate) => seen(candidate).startsWith(`${essay.slot} ${essay.fileName}`))
      expect(row).toHaveLength(1)
    }
  })

  test('names a file that was too large to be sent among the rejected ones', () => {
    const left = {
      name: 'film <b>.pdf',
      reason: 'has 90 MB; at most 25 MB are taken',
      remedy: 'Make it small.',
    }
    const { index } = renderReport(results, { generatedAt: '2026-01-01T00:00:00.000Z', leftOut: [left] })
    const rows = all(one(one(parsePage(index), hasId('rejected')), isTag('tbody')), isTag('tr')).map(seen)
    const row = rows.find((text) => text.includes('film'))
    expect(row).toContain('has 90 MB; at most 25 MB are taken')
    expect(row).toContain('Make it small.')
  })

  test('names every rejected file once, with its reason and its remedy', () => {
    const rows = all(one(one(page, hasId('rejected')), isTag('tbody')), isTag('tr')).map(seen)
    const rejected = results.files.filter((file) => file.state === 'rejected')
    expect(rows).toHaveLength(rejected.length)
    for (const { fileName, error } of rejected) {
      const row = rows.find((candidate) => candidate.startsWith(fileName))
      expect(row).toContain(error!.message)
      expect(row).toContain(error!.remedy)
    }
  })

  test('tells of everything that waits for a person, and of removed files', () => {
    const needs = seen(one(page, hasId('needs-you')))
    for (const words of [
      'Ruby.docx',
      'Hugo',
      'Page 2 of 3 had no readable text',
      'the same as those of Essay 5',
    ])
      expect(needs).toContain(words)
    expect(needs).toContain('essay (old).docx removed')
  })

  test('shows every paragraph letter by letter, and marks exactly what the findings name', () => {
    for (const { slot, text, spelling, language } of results.essays) {
      const article = one(page, hasId(`essay-${slot}`))
      const shown = all(one(article, hasClass('text')), isTag('p')).map((p) => textOf(p, isLabel))
      expect(shown).toEqual(paragraphsOf(text!).map(({ start, end }) => text!.slice(start, end)))

      const marked = (key: string) =>
        all(article, (e) => e.name === 'mark' && e.attributes['data-pair'] === key)
          .map((mark) => textOf(mark, isLabel))
          .join('')
      const counted = spelling.findings!.filter(isSpelling)
      counted.forEach((finding, i) => expect(marked(`e${slot}-${i + 1}`)).toBe(finding.text))
      for (const [i, hint] of (language.hints ?? []).entries())
        expect(marked(`e${slot}-${'abcdefgh'[i]}`)).toBe(text!.slice(hint.start, hint.end))
      const names = all(article, (e) => e.name === 'mark' && hasClass('name')(e))
      expect(names.map((mark) => textOf(mark))).toEqual(
        spelling.findings!.filter((finding) => !isSpelling(finding)).map((finding) => finding.text),
      )
    }
  })

  test('links only to places that exist, and gives no place two names', () => {
    const ids = all(page, (e) => 'id' in e.attributes).map((e) => e.attributes['id']!)
    expect(new Set(ids).size).toBe(ids.length)
    const missing = all(page, isTag('a'))
      .map((a) => a.attributes['href']!)
      .filter((href) => !href.startsWith('#') || !ids.includes(href.slice(1)))
    expect(missing).toEqual([])
  })

  test('has headings in order and captions on its tables', () => {
    const levels = all(page, (e) => /^h[1-6]$/.test(e.name)).map((e) => Number(e.name[1]))
    expect(levels[0]).toBe(1)
    levels.forEach((level, i) => expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1))
    for (const table of all(page, isTag('table'))) expect(all(table, isTag('caption'))).toHaveLength(1)
    for (const head of all(page, isTag('th'))) expect(head.attributes['scope']).toMatch(/^(col|row)$/)
  })

  test('loads nothing, and lets only its own style and script in', () => {
    const policy = one(page, (e) => e.attributes['http-equiv'] === 'Content-Security-Policy').attributes[
      'content'
    ]!
    expect(policy).toContain("default-src 'none'")
    for (const name of ['style', 'script']) {
      const hash = createHash('sha256')
        .update(textOf(one(page, isTag(name))))
        .digest('base64')
      expect(policy).toContain(`${name}-src 'sha256-${hash}'`)
    }
    const attributes = all(page, () => true).flatMap((e) => Object.keys(e.attributes))
    expect(attributes.filter((name) => /^(src|style|on.*|xlink:href)$/.test(name))).toEqual([])
  })
})

const hostileNames = [
  '<script>alert(1)</script>.docx',
  ']]>&amp;"\'><img src=x onerror=alert(1)>.pdf',
  'invoice\u202excod.exe',
  '\u2067isolated\u2069.txt',
  '👩🏽‍🏫 résumé 日本語 עברית.odt',
  'lone \ud83d surrogate \udc00.md',
  'nul\u0000bell\u0007del\u007f.txt',
  `${'very-long-name-'.repeat(17)}.docx`,
  'line\nbreak\ttab.txt',
]
const hostileText = `<script>alert("x")</script> ]]> <!-- --> &lt; \u202eesrever\u202c 👩🏽‍🏫 \ud83d \u0000 end

שלום עולם <b>bold</b> ${'x'.repeat(5000)}`

test('hostile names and texts are shown, isolated and harmless', () => {
  const essays = hostileNames.map((fileName, i) =>
    buildEssay({
      slot: i + 1,
      fileName,
      text: hostileText,
      spelling: {
        status: 'succeeded',
        findingCount: 3,
        findings: [
          { start: 0, end: 8, text: '<script>', kind: 'non-word', suggestions: ['</li><script>', '"><b>'] },
          { start: 4, end: 12, text: 'ipt>aler', kind: 'split', suggestions: [] },
          { start: 99_999, end: 100_010, text: 'nowhere', kind: 'non-word', suggestions: [] },
        ],
      },
      language: {
        status: 'succeeded',
        metrics: null,
        hints: [{ start: 2, end: 6, rule: '<x>', message: '<i>hint</i>', suggestions: [] }],
      },
    }),
  )
  const others = hostileNames.map((fileName, i) =>
    buildFile(i + 1, {
      fileName,
      archive: '<zip>.zip',
      error: { code: '<c>', message: '<m> & "q"', remedy: "<r> 'q'" },
    }),
  )
  const page = render(
    buildResults({ essays, others, title: '</title><script>alert(1)</script>', prompt: '<p>' }),
  )
  expect(all(page, isTag('script'))).toHaveLength(1)
  expect(all(page, (e) => e.name === 'img' || (e.name === 'b' && seen(e) === 'bold'))).toEqual([])
  const rejected = one(page, hasId('rejected'))
  expect(all(one(rejected, isTag('tbody')), isTag('tr'))).toHaveLength(hostileNames.length)
  expect(seen(one(page, hasId('essay-3')))).toContain('invoice⟨RLO⟩xcod')
  expect(textOf(page)).not.toMatch(/[\u202d\u202e]/)
  const first = one(page, hasId('essay-1'))
  const whole = all(first, (e) => e.name === 'mark' && e.attributes['data-pair'] === 'e1-1')
  expect(whole.map((mark) => textOf(mark, isLabel)).join('')).toBe('<script>')
  expect(seen(first)).toContain('nowhere')
})

test('whatever a file is called and whatever an essay says, the page stays well-formed', () => {
  const anything = fc.string({ unit: 'binary', maxLength: 60 })
  fc.assert(
    fc.property(
      anything,
      fc.array(anything, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(80), fc.nat(20)), { maxLength: 6 }),
      (fileName, parts, ranges) => {
        const text = parts.join('\n\n')
        const findings = ranges.map(([start, length], i) => ({
          start,
          end: start + length + 1,
          text: text.slice(start, start + length + 1),
          kind: (['non-word', 'name', 'split', 'joined', 'confusable'] as const)[i % 5]!,
          suggestions: [fileName],
        }))
        const essay = buildEssay({
          slot: 1,
          fileName,
          text,
          spelling: { status: 'succeeded', findings, findingCount: findings.length },
        })
        const page = render(buildResults({ essays: [essay], title: fileName, prompt: text }))
        const article = one(page, hasId('essay-1'))
        expect(all(article, isTag('mark')).every((mark) => hasClass('mark')(mark))).toBe(true)
      },
    ),
    { numRuns: 150 },
  )
})

describe('the line of counts', () => {
  test('adds up', () => {
    const line = seen(one(render(buildTroubledClass()), hasClass('counts')))
    expect(line).toBe('28 received = 0 reading + 24 in slots + 1 waiting for a slot + 2 rejected + 1 removed')
    const [received, ...parts] = line.match(/\d+/g)!.map(Number)
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(received)
  })

  test('says so when it does not', () => {
    const results = buildTroubledClass()
    const page = render({ ...results, counts: { ...results.counts, received: 30 } })
    expect(seen(one(page, hasClass('alarm')))).toContain('30 received, 28 accounted for')
  })
})

describe('what is not there', () => {
  const overview = (page: Element) => seen(one(page, hasClass('overview')))

  test('an empty batch says that there are no essays yet', () => {
    const page = render(buildResults({ essays: [], pipeline: null }))
    expect(overview(page)).toContain('No essays yet.')
    expect(overview(page)).toContain('Nothing needs you.')
    expect(all(page, isTag('svg'))).toEqual([])
  })

  test('a batch of rejected files says that none could be taken, and why', () => {
    const others = [1, 2].map((n) =>
      buildFile(n, { error: { code: 'empty-file', message: 'The file is empty.', remedy: 'Add it again.' } }),
    )
    const page = render(buildResults({ essays: [], others }))
    expect(overview(page)).toContain('None of the 2 files could be taken as an essay')
    expect(seen(one(page, hasId('rejected')))).toContain('The file is empty.')
  })

  test('an essay says of each phase whether it found nothing, waits, runs, failed or was not asked for', () => {
    const spelling = (status: 'succeeded' | 'pending' | 'running' | 'not-requested' | 'failed') => ({
      status,
      findings: [],
      findingCount: status === 'succeeded' ? 0 : null,
      ...(status === 'failed' && {
        error: { code: 'x', message: 'It was too long.', remedy: 'Shorten it.' },
      }),
    })
    const statuses = ['succeeded', 'pending', 'running', 'not-requested', 'failed'] as const
    const essays = statuses.map((status, i) =>
      buildEssay({
        slot: i + 1,
        spelling: spelling(status),
        language: { status, metrics: null, hints: [] },
      }),
    )
    const page = render(buildResults({ essays }))
    const said = essays.map(({ slot }) => seen(one(one(page, hasId(`essay-${slot}`)), hasClass('findings'))))
    expect(said[0]).toBe('Spelling No spelling findings. Grammar hints No hints.')
    expect(said[1]).toContain('Spelling has not been checked yet.')
    expect(said[2]).toContain('Grammar is being checked now.')
    expect(said[3]).toContain('Spelling was not asked for.')
    expect(said[4]).toContain('Spelling could not be checked. It was too long. Shorten it.')
    const table = seen(one(page, hasClass('essays')))
    for (const state of [
      '● done',
      '○ spelling and language pending',
      '– nothing asked for',
      '▲ spelling and language failed',
    ])
      expect(table).toContain(state)
    expect(overview(page)).toContain('spelling is known for 1 of 5')
  })

  test('a summary without texts still has a page per essay', () => {
    const { essays } = buildResults({ invent: 3 })
    const bare = essays.map((essay) => ({
      ...essay,
      text: undefined,
      spelling: { ...essay.spelling, findings: undefined },
    }))
    const page = render(buildResults({ essays: bare }))
    expect(seen(one(page, hasId('essay-2')))).toContain('The text is not part of this summary.')
    expect(seen(one(page, hasId('essay-2')))).not.toContain('No spelling findings.')
  })
})

describe('a large batch', () => {
  test('gives every essay a file of its own above 300, linked both ways', () => {
    const results = buildResults({ invent: 301, capacity: null })
    const report = renderReport(results, { generatedAt })
    const index = parsePage(report.index)
    expect(report.essays).toHaveLength(301)
    expect(all(index, isTag('article'))).toEqual([])
    const names = report.essays.map((essay) => essay.fileName)
    expect(new Set(names).size).toBe(301)
    for (const name of names) expect(name).toMatch(/^report\/\d{4}(-[a-z0-9-]+)?\.html$/)
    const rows = all(one(one(index, hasClass('essays')), isTag('tbody')), isTag('a')).map(
      (a) => a.attributes['href'],
    )
    expect(rows).toEqual(names)

    const second = parsePage(report.essays[1]!.html)
    const links = all(one(second, hasClass('turn')), isTag('a')).map((a) => a.attributes['href'])
    expect(links).toEqual([names[0]!.slice(7), '../report.html#essays', names[2]!.slice(7)])
    expect(all(second, isTag('h1'))).toHaveLength(1)
  })

  test('300 essays take less than a second of computing, 1,000 less than three', () => {
    for (const [invent, limit] of [
      [300, 1_000],
      [1_000, 3_000],
    ] as const) {
      const results = buildResults({ invent, capacity: null })
      const before = process.threadCpuUsage()
      renderReport(results, { generatedAt })
      expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(limit)
    }
  })
})

test('a long prompt does not push the figures off the first page, and stands whole further down', () => {
  const prompt = `${'Write an article for the school magazine. '.repeat(20)}\n\nSay why.`
  const page = render(buildResults({ invent: 2, prompt }))
  const overview = textOf(one(one(page, hasClass('overview')), hasClass('prompt')))
  expect(overview.length).toBeLessThan(340)
  expect(textOf(one(one(page, hasId('prompt')), hasClass('prompt')))).toBe(prompt)
})

test('the order of the essays is the order of their slots, whatever order they come in', () => {
  const results = buildResults({ invent: 5 })
  const shuffled = { ...results, essays: results.essays.toReversed() }
  expect(renderReport(shuffled, { generatedAt })).toEqual(renderReport(results, { generatedAt }))
})

test('an essay that is a duplicate or carries a remark is told of, a removed one is not', () => {
  const [a, b] = buildResults({ invent: 2 }).essays
  const removed = buildFile(1, {
    state: 'removed',
    fileName: 'gone.docx',
    remarks: [{ code: 'r', message: 'Old.' }],
  })
  const page = render(
    buildResults({
      essays: [a!, b!],
      files: [fileOf(a!), fileOf(b!, { duplicateOf: a!.fileUploadId }), removed],
    }),
  )
  expect(all(page, hasId('duplicates'))).toHaveLength(1)
  expect(all(page, hasId('remarks'))).toHaveLength(0)
})
