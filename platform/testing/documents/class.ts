import { setImmediate } from 'node:timers/promises'
import type { Block } from './blocks.ts'
import { makeDocx } from './docx.ts'
import { type MadeEssay, makeEssay } from './essay.ts'
import { makeOdt } from './odt.ts'
import { makePdf } from './pdf.ts'
import { seededRandom } from './random.ts'
import { makeRtf } from './rtf.ts'
import { makeTxt } from './text.ts'

export type Format = 'docx' | 'pdf' | 'odt' | 'rtf' | 'txt' | 'md'

export interface ClassOptions {
  seed: number
  count: number
  words?: number
  misspellings?: number
  /** Parts of each format; they need not add up to 1. */
  mix?: Partial<Record<Format, number>>
}

export interface MadeFile {
  fileName: string
  format: Format
  bytes: Buffer
  essay: MadeEssay
}

const firstNames = [
  'Ada',
  'Bilal',
  'Chloé',
  'Dmitri',
  'Esra',
  'Femi',
  'Grace',
  'Hugo',
  'Ines',
  'Jürgen',
  'Kofi',
  'Lin',
]
const moreNames = [
  'Maja',
  'Nia',
  'Oskar',
  'Petra',
  'Quentin',
  'Rosa',
  'Søren',
  'Thi',
  'Uma',
  'Viktor',
  'Wren',
  'Zeynep',
]

/** The files of one class, all on one task and no two alike; made one at a time, so that 3,000 need no memory. */
export async function* makeClass(options: ClassOptions): AsyncGenerator<MadeFile> {
  const { seed, count, words = 500, misspellings = 0.03, mix = { docx: 0.4, pdf: 0.3, txt: 0.3 } } = options
  const random = seededRandom(seed)
  const task = random.below(4)
  const formats = random.shuffle(shareOut(count, mix))
  for (const [n, format] of formats.entries()) {
    const essay = makeEssay({ seed: seed * 1_000_003 + n, words, misspellings, task })
    const number = String(n + 1).padStart(String(count).length, '0')
    const name = `${random.pick([...firstNames, ...moreNames])} ${random.pick([...'ABCDEFGHIJKLMNOPRSTW'])}`
    const fileName = random.pick([
      `${name} essay ${number}.${format}`,
      `${number} ${name.toLowerCase()}.${format}`,
      `Essay_${name.replace(' ', '_')} (${number}).${format}`,
    ])
    yield { fileName, format, bytes: fileOf(essay, format), essay }
    await setImmediate()
  }
}

/** The essay as a file of the format, its title as a heading. */
export function fileOf(essay: MadeEssay, format: Format): Buffer {
  const blocks: (string | Block)[] = [{ kind: 'heading', text: essay.title }, ...essay.paragraphs]
  switch (format) {
    case 'docx':
      return makeDocx(blocks)
    case 'pdf':
      return makePdf(blocks)
    case 'odt':
      return makeOdt(blocks)
    case 'rtf':
      return makeRtf(blocks)
    case 'txt':
      return makeTxt([essay.title, ...essay.paragraphs].join('\n\n'))
    case 'md':
      return makeTxt(`# ${essay.title}\n\n${essay.paragraphs.join('\n\n')}\n`)
  }
}

function shareOut(count: number, mix: Partial<Record<Format, number>>): Format[] {
  const entries = Object.entries(mix) as [Format, number][]
  const total = entries.reduce((sum, [, part]) => sum + part, 0)
  let before = 0
  return entries.flatMap(([format, part]) => {
    const first = Math.round((before / total) * count)
    before += part
    return Array.from({ length: Math.round((before / total) * count) - first }, () => format)
  })
}
