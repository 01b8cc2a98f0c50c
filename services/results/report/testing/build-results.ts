import type { LanguageHint, LanguageMetrics } from '#contracts/language.ts'
import { BatchResults, type BatchCounts, type EssayResult, type FileView } from '#contracts/results.ts'
import type { Finding, FindingKind } from '#contracts/spelling.ts'
import { arguments_, endings, fileStems, openings } from './essays.ts'

/** Deterministic numbers from 0 to 1 (mulberry32), so that a picture can be drawn again. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const uuid = (group: number, number: number): string =>
  `0194c000-${group.toString(16).padStart(4, '0')}-7000-8000-${number.toString(16).padStart(12, '0')}`

/** Reads the marks of `essays.ts` out of a text; `keep` decides which of the mistakes this pupil makes. */
function readMarked(marked: string, keep: () => boolean) {
  let text = ''
  let from = 0
  const findings: Finding[] = []
  const hints: LanguageHint[] = []
  for (const match of marked.matchAll(
    /\{([^|]+)\|([^|]+)\|([^}]*)\}|\[([^|]+)\|([^|]+)\|([^|]+)\|([^\]]*)\]/g,
  )) {
    text += marked.slice(from, match.index)
    from = match.index + match[0].length
    const [, written, kind, suggested, phrase, rule, message, better] = match
    const start = text.length
    if (written !== undefined) {
      const suggestions = suggested ? suggested.split(', ') : []
      if (kind !== 'name' && !keep()) {
        text += suggestions[0]
        continue
      }
      text += written
      findings.push({ start, end: text.length, text: written, kind: kind as FindingKind, suggestions })
    } else {
      const wrong = keep()
      text += wrong ? phrase : better
      if (wrong)
        hints.push({ start, end: text.length, rule: rule!, message: message!, suggestions: [better!] })
    }
  }
  return { text: text + marked.slice(from), findings, hints }
}

/** The same paragraphs as three kinds of pupils would punctuate them. */
function restyle(marked: string, style: number): string {
  if (style < 0.2)
    return marked.replace(
      /\. (The|It|In|At|You|When|They|There|People|My|That) /g,
      (_, word: string) => ` and ${word.toLowerCase()} `,
    )
  if (style > 0.8)
    return marked.replace(
      /, (and|but|because|so) /g,
      (_, word: string) => `. ${word[0]!.toUpperCase()}${word.slice(1)} `,
    )
  return marked
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}’'-]+/gu) ?? []
const connectives: Record<keyof LanguageMetrics['connectives'], RegExp> = {
  additive: /\b(also|and|as well)\b/gi,
  adversative: /\b(but|however|on the other hand)\b/gi,
  causal: /\b(because|so|therefore)\b/gi,
  temporal: /\b(then|when|after|afterwards|before)\b/gi,
  exemplifying: /\b(for example|for instance)\b/gi,
  concluding: /\b(in conclusion|to sum up)\b/gi,
}

/** Plausible figures, near enough for a picture; the real ones come from the language service. */
function metricsOf(text: string): LanguageMetrics {
  const words = wordsOf(text)
  const sentences = text.split(/(?<=[.!?])\s+/).filter((sentence) => sentence.trim())
  const lengths = sentences.map((sentence) => wordsOf(sentence).length)
  const syllables = words.reduce((sum, word) => sum + Math.max(1, word.match(/[aeiouy]+/gi)?.length ?? 1), 0)
  const perSentence = words.length / Math.max(1, lengths.length)
  const perWord = syllables / Math.max(1, words.length)
  const enough = words.length >= 50
  const heads = Map.groupBy(sentences, (sentence) => wordsOf(sentence).slice(0, 2).join(' '))
  const distinct = new Set(words.map((word) => word.toLowerCase())).size
  return {
    words: words.length,
    sentences: lengths.length,
    paragraphs: text.split(/\n{2,}/).length,
    characters: text.length,
    syllables,
    distinctWords: distinct,
    wordsPerSentence: enough ? perSentence : null,
    sentenceLengthSpread: enough ? 6.2 : null,
    longestSentenceWords: Math.max(0, ...lengths),
    wordsPerParagraph: enough ? words.length / text.split(/\n{2,}/).length : null,
    readability: {
      fleschReadingEase: enough ? 206.835 - 1.015 * perSentence - 84.6 * perWord : null,
      fleschKincaidGrade: enough ? 0.39 * perSentence + 11.8 * perWord - 15.59 : null,
      gunningFog: null,
      smog: null,
      colemanLiau: null,
      lix: null,
    },
    diversity: { mtld: enough ? 40 + (60 * distinct) / words.length : null, hdd: null },
    connectives: Object.fromEntries(
      Object.entries(connectives).map(([kind, pattern]) => [kind, text.match(pattern)?.length ?? 0]),
    ) as LanguageMetrics['connectives'],
    repeatedOpenings: [...heads]
      .filter(([, group]) => group.length > 1)
      .map(([head, group]) => ({ words: head, count: group.length })),
    sentenceLengths: lengths,
  }
}

type EssayWish = Partial<EssayResult> & { slot: number }

/** An essay with what it needs; whatever is given stands as it is given. */
export function buildEssay(wish: EssayWish): EssayResult {
  const text = wish.text ?? 'A short text.'
  const findings = wish.spelling?.findings ?? []
  return {
    essayId: uuid(2, wish.slot) as EssayResult['essayId'],
    fileUploadId: uuid(1, wish.slot) as EssayResult['fileUploadId'],
    fileName: `essay-${wish.slot}.docx`,
    words: wordsOf(text).length,
    text,
    spelling: { status: 'succeeded', findings, findingCount: findings.length },
    language: { status: 'succeeded', metrics: metricsOf(text), hints: [] },
    ...wish,
  }
}

function inventEssay(slot: number, random: () => number): EssayResult {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const middle = arguments_.toSorted(() => random() - 0.5).slice(0, 1 + Math.floor(random() * 4))
  const care = 0.15 + random() * 0.8
  const { text, findings, hints } = readMarked(
    restyle([pick(openings), ...middle, pick(endings)].join('\n\n'), random()),
    () => random() < care,
  )
  const stem = fileStems[(slot - 1) % fileStems.length]!
  return buildEssay({
    slot,
    text,
    fileName: `${stem}${slot > fileStems.length ? ` ${slot}` : ''}${pick(['.docx', '.docx', '.pdf', '.odt', '.txt'])}`,
    spelling: { status: 'succeeded', findings, findingCount: findings.length },
    language: { status: 'succeeded', metrics: metricsOf(text), hints },
  })
}

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 20, 20, 58, seconds)).toISOString()

/** A file that is not in a slot. */
export function buildFile(number: number, wish: Partial<FileView>): FileView {
  return {
    fileUploadId: uuid(3, number) as FileView['fileUploadId'],
    fileName: `file-${number}.pdf`,
    state: 'rejected',
    slot: null,
    essayId: null,
    words: null,
    remarks: [],
    receivedAt: at(number),
    ...wish,
  }
}

export const fileOf = (essay: EssayResult, wish: Partial<FileView> = {}): FileView => ({
  fileUploadId: essay.fileUploadId,
  fileName: essay.fileName,
  state: 'in-slot',
  slot: essay.slot,
  essayId: essay.essayId,
  words: essay.words,
  remarks: [],
  receivedAt: at(essay.slot % 60),
  ...wish,
})

function countsOf(files: readonly FileView[]): BatchCounts {
  const in_ = (...states: FileView['state'][]) => files.filter((file) => states.includes(file.state)).length
  return {
    received: files.length,
    reading: in_('received', 'reading'),
    accepted: in_('in-slot', 'waiting-for-slot'),
    slotsUsed: in_('in-slot'),
    waitingForSlot: in_('waiting-for-slot'),
    rejected: in_('rejected'),
    removed: in_('removed'),
    duplicates: files.filter((file) => file.duplicateOf).length,
  }
}

interface ResultsWish extends Partial<BatchResults> {
  /** How many essays to invent when `essays` does not give them. */
  invent?: number
  seed?: number
  /** Files beside those of the essays. */
  others?: FileView[]
}

/** Results that keep the contract; counts and files follow from the essays unless they are given. */
export function buildResults({
  invent = 24,
  seed = 7,
  others = [],
  ...wish
}: ResultsWish = {}): BatchResults {
  const random = seeded(seed)
  const essays = wish.essays ?? Array.from({ length: invent }, (_, i) => inventEssay(i + 1, random))
  const files = wish.files ?? [...essays.map((essay) => fileOf(essay)), ...others]
  const phase = (name: 'spelling' | 'language', took: number) => {
    const having = (...statuses: string[]) =>
      essays.filter((essay) => statuses.includes(essay[name].status)).length
    const pending = having('pending', 'running')
    const failed = having('failed')
    return {
      name,
      stage: pending ? ('running' as const) : ('closed' as const),
      outcome: pending ? null : failed ? ('succeeded-with-failures' as const) : ('succeeded' as const),
      pruned: 0,
      startedAt: at(70),
      completedAt: pending ? null : at(70 + took),
      pending,
      succeeded: having('succeeded'),
      failed,
    }
  }
  return BatchResults.parse({
    batchId: uuid(0, 1),
    title: 'Year 8B: Should phones be allowed in school?',
    prompt:
      'Some schools collect all phones in the morning, others allow them. Write an article for the school magazine in which you say what your school should do, and why.',
    locale: 'en-GB',
    capacity: 30,
    counts: countsOf(files),
    essays,
    pipeline: {
      runId: uuid(4, 1),
      outcome: 'succeeded',
      paused: false,
      phases: [phase('spelling', 2), phase('language', 9)],
    },
    ...wish,
    files,
  })
}

/** A class as it comes out of a downloads folder: 24 essays and everything that can go wrong with the other files. */
export function buildTroubledClass(): BatchResults {
  const whole = buildResults({ invent: 24 })
  const essays = whole.essays.map((essay): EssayResult =>
    essay.slot === 19
      ? {
          ...essay,
          language: {
            status: 'failed',
            metrics: null,
            error: {
              code: 'language-timed-out',
              message: 'The text figures took longer than 60 seconds.',
              remedy: 'Try this phase again.',
            },
          },
        }
      : essay,
  )
  const remark = {
    code: 'page-without-text',
    message: 'Page 2 of 3 had no readable text; the rest was taken.',
  }
  const files = essays.map((essay) => {
    if (essay.slot === 6) return fileOf(essay, { duplicateOf: essays[4]!.fileUploadId })
    if (essay.slot === 12) return fileOf(essay, { remarks: [remark] })
    return fileOf(essay, essay.slot > 20 ? { archive: '8B late.zip' } : {})
  })
  const others = [
    buildFile(1, {
      fileName: 'IMG_2231 scan.pdf',
      error: {
        code: 'no-text',
        message: 'No text found on 4 scanned pages.',
        remedy: 'Replace the file, or type the text.',
      },
    }),
    buildFile(2, {
      fileName: 'homework.pages',
      archive: '8B late.zip',
      error: {
        code: 'unsupported-type',
        message: 'Pages documents cannot be read.',
        remedy: 'Export it as PDF or Word and add it again.',
      },
    }),
    buildFile(3, { fileName: 'Ruby.docx', state: 'waiting-for-slot', words: 288 }),
    buildFile(4, { fileName: 'essay (old).docx', state: 'removed', words: 301 }),
  ]
  return buildResults({ essays, files: [...files, ...others], capacity: 24 })
}
