import { misspell } from './misspellings.ts'
import { type Random, seededRandom } from './random.ts'
import { fillers, parts, type Theme, themes } from './sentences.ts'

export interface EssayOptions {
  seed: number
  words?: number
  /** Share of words that are written wrongly. */
  misspellings?: number
  /** Which of the four invented tasks; without it the seed decides. */
  task?: number
}

export interface MadeEssay {
  title: string
  paragraphs: string[]
  /** The mistakes in the order of the text, so that a spell checker can be scored. */
  misspellings: { right: string; wrong: string }[]
}

const links = [
  'In fact, ',
  'Also, ',
  'After all, ',
  'As far as I know, ',
  'To be fair, ',
  'On most days, ',
  'And yet ',
]

/**
 * An invented essay of about the words asked for (within one sentence), the same for the same seed. Its sentences are grammatical
 * and its paragraphs follow an argument, but it means little: it stands in for a class's writing where the
 * number of words, sentences and mistakes matters and not what they say.
 */
export function makeEssay(options: EssayOptions): MadeEssay {
  const { seed, words = 500, misspellings: share = 0.03 } = options
  const random = seededRandom(seed)
  const theme = themes[options.task ?? random.below(themes.length)]!
  const say = sentenceMaker(random, theme)
  const paragraphs = [[say(0), say(0), say(1)]]
  let count = countWords(paragraphs)
  for (let part = 1; count < words - 26; part = part === 4 ? 1 : part + 1) {
    const paragraph: string[] = []
    const length = 3 + random.below(4)
    for (let n = 0; n < length && count < words - 26; n++) {
      const sentence = say(n % 2 === 1 && random.next() < 0.5 ? 2 : part)
      paragraph.push(sentence)
      count += countWords([[sentence]])
    }
    paragraphs.push(paragraph)
  }
  const closing = [say(5)]
  while (countWords([closing]) + count < words - 6) closing.push(say(5))
  paragraphs.push(closing)
  const right = paragraphs.map((sentences) => sentences.join(' '))
  return { title: random.pick(theme.title), ...withMisspellings(right, share, random) }
}

/** The running text alone: paragraphs with an empty line between them. */
export function makeEssayText(options: EssayOptions): string {
  return makeEssay(options).paragraphs.join('\n\n')
}

function sentenceMaker(random: Random, theme: Theme): (part: number) => string {
  const queues = parts.map(() => [] as string[])
  const slots: Record<string, readonly string[]> = { ...fillers, ...theme }
  return (part) => {
    if (queues[part]!.length === 0) queues[part] = random.shuffle(parts[part]!)
    const template = queues[part]!.pop()!
    const sentence = template.replace(/\{(\w+)\}/g, (_, slot: string) => random.pick(slots[slot]!))
    if (part === 0 || random.next() > 0.18 || /^(I |Of course|However|Besides|First|To sum)/.test(sentence)) {
      return sentence[0]!.toUpperCase() + sentence.slice(1)
    }
    return random.pick(links) + sentence[0]!.toLowerCase() + sentence.slice(1)
  }
}

function withMisspellings(
  paragraphs: string[],
  share: number,
  random: Random,
): { paragraphs: string[]; misspellings: MadeEssay['misspellings'] } {
  const written = paragraphs.map((paragraph) => paragraph.split(' '))
  const places = written.flatMap((words, p) => words.map((_, w) => ({ p, w })))
  const mistakes: { p: number; w: number; right: string; wrong: string }[] = []
  const wanted = Math.round(places.length * share)
  for (const { p, w } of random.shuffle(places)) {
    if (mistakes.length >= wanted) break
    const [, right = '', rest = ''] = /^([A-Za-z]+)(\W*)$/.exec(written[p]![w]!) ?? []
    const wrong = right && misspell(right, random)
    if (!wrong) continue
    written[p]![w] = wrong + rest
    mistakes.push({ p, w, right, wrong })
  }
  mistakes.sort((a, b) => a.p - b.p || a.w - b.w)
  return {
    paragraphs: written.map((words) => words.join(' ')),
    misspellings: mistakes.map(({ right, wrong }) => ({ right, wrong })),
  }
}

function countWords(paragraphs: string[][]): number {
  return paragraphs.flat().reduce((count, sentence) => count + sentence.split(' ').length, 0)
}
