import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LanguageMetrics } from '#contracts/language.ts'
import { hdd, mtld } from './diversity.ts'
import { describe as describeMetrics } from './meaning.ts'
import { measure, METRICS_VERSION, spread } from './metrics.ts'

describe('MTLD', () => {
  test('both directions are averaged', () => {
    // Forward: a b a → 2/3 < 0.72, one factor; c d c → 2/3, two; e → ratio 1, no part. 7 words / 2 = 3.5
    // Backward: e c d c a b → 1, 1, 1, 0.75, 0.8, 0.833; a → 5/7 = 0.714 < 0.72, one factor. 7 / 1 = 7
    // Mean (3.5 + 7) / 2 = 5.25
    expect(mtld([...'abacdce'])).toBe(5.25)
  })
  test('an unfinished factor counts in part', () => {
    // a b c a → 3/4 both ways; part (1 − 0.75) / (1 − 0.72) = 0.892857; 4 / 0.892857 = 4.48
    expect(mtld([...'abca'])).toBeCloseTo(4.48, 10)
  })
  test('a ratio of exactly 0.72 has not fallen below it', () => {
    // 25 words, 18 types, the 7 repeats last: 18/25 = 0.72, part 0.28/0.28 = 1, and 25/1 = 25 forward.
    // Backward the 7 come first: 7 repeats → g…a then r…a; the ratio stays above until the last words, 18/25 again.
    expect(mtld([...'abcdefghijklmnopqrabcdefg'])).toBeCloseTo(25, 10)
  })
  test('has no value when nothing is repeated', () => expect(mtld([...'abcdef'])).toBeNull())
})

describe('HD-D', () => {
  test('43 words, one of them twice', () => {
    // 42 drawn of 43: the word met twice cannot be missed, 1; each of the 41 others 42/43.
    // (1 + 41 × 42/43) / 42 = 41.046512 / 42 = 0.977298
    const words = ['twice', 'twice', ...Array.from({ length: 41 }, (_, i) => `once-${i}`)]
    expect(hdd(words)).toBeCloseTo(0.977298, 6)
  })
  test('84 words, each of 42 twice', () => {
    // C(82,42)/C(84,42) = (42 × 41)/(84 × 83) = 1722/6972 = 0.246988; 42 × (1 − 0.246988) / 42 = 0.753012
    expect(hdd(Array.from({ length: 84 }, (_, i) => `word-${i % 42}`))).toBeCloseTo(0.753012, 6)
  })
  test('stays a number for a very long text', () => {
    // Two words, half of 200,000 each: both are met, 2/42.
    expect(hdd(Array.from({ length: 200_000 }, (_, i) => `word-${i % 2}`))).toBeCloseTo(2 / 42, 6)
  })
  test('has no value below 42 words', () => expect(hdd([...'abcdef'])).toBeNull())
})

test('spread: lengths 2, 4, 4, 4, 5, 5, 7, 9 have mean 5 and squares 9+1+1+1+0+0+4+16 = 32, √(32/8) = 2', () => {
  expect(spread([2, 4, 4, 4, 5, 5, 7, 9])).toBe(2)
  expect(spread([2, 4])).toBeNull()
})

test('paragraphs and sentences: a heading is a sentence and no paragraph', () => {
  // 2 + 3 + 2 + 4 = 11 words in 4 sentences = 2.75; two paragraphs, 11/2 = 5.5; lengths 2, 3, 2, 4
  const metrics = measure('My day\n\nIt was hot. We swam.\n\nThen we went home.')
  expect(metrics).toMatchObject({
    words: 11,
    sentences: 4,
    paragraphs: 2,
    wordsPerSentence: 2.75,
    wordsPerParagraph: 5.5,
    longestSentenceWords: 4,
    sentenceLengths: [2, 3, 2, 4],
    // "we" twice, the other nine once
    distinctWords: 10,
    // 6 + 20 + 18, line breaks not counted
    characters: 44,
  })
})

test('the marks of a list are no words, and the list is one paragraph', () => {
  // 3 words; 1 + 2 + 2 words in three items, "2." and "b)" not counted; 4 sentences
  const metrics = measure('We need these:\n- sticks\n2. two ropes\nb) 3 bags')
  expect(metrics).toMatchObject({ words: 8, sentenceLengths: [3, 1, 2, 2], paragraphs: 1 })
})

describe('connectives', () => {
  const count = (text: string): Record<string, number> =>
    Object.fromEntries(Object.entries(measure(text).connectives).filter(([, number]) => number > 0))

  test.each<[string, Record<string, number>]>([
    ['Moreover, we also ate.', { additive: 2 }],
    ['But it rained; however, we stayed, even though it was cold.', { adversative: 3 }],
    ['It rained, so we left because of that. As a result we missed it.', { causal: 3 }],
    ['First we ate. Then, after that, we left.', { temporal: 3 }],
    ['Bring fruit, for example apples, such as these.', { exemplifying: 2 }],
    ['In conclusion, and to sum up, it was good overall.', { concluding: 3 }],
    // "on the other hand" once and whole; "in spite of this" not as "in spite of".
    ['On the other hand, in spite of this, he won.', { adversative: 2 }],
    // Where no clause opens, "so" and "first" are adverbs and ordinals.
    ['It was so big in the first race.', {}],
    // A phrase does not reach across a mark or a sentence.
    ['This is for. Example of, as a, result.', {}],
    ['Butter, becausely, thenceforth.', {}],
  ])('%s', (text, counts) => expect(count(text)).toEqual(counts))
})

describe('repeated openings', () => {
  test('the longest shared opening is named, with its count', () => {
    const text =
      'I think that it is good. I think that we won. I think that he ran. You left. We ate it. They sat down.'
    expect(measure(text).repeatedOpenings).toEqual([{ words: 'i think that', count: 3 }])
  })
  test('one word is named when sentences share no more', () => {
    const text = 'Then we ate. Then he ran off. Then it rained. She left. We slept well.'
    expect(measure(text).repeatedOpenings).toEqual([{ words: 'then', count: 3 }])
  })
  test('articles and pairs are not named', () => {
    expect(
      measure('The cat ran. The dog sat. The bird flew. A cow. So we left. So he sat.').repeatedOpenings,
    ).toEqual([])
  })
})

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.lorem({ maxCount: 300 }),
)

test('whatever the text: the contract holds, the sums agree and nothing is thrown', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const metrics = LanguageMetrics.parse(measure(text))
      expect(metrics.sentenceLengths.reduce((sum, length) => sum + length, 0)).toBe(metrics.words)
      expect(metrics.sentenceLengths).toHaveLength(metrics.sentences)
      expect(Math.max(0, ...metrics.sentenceLengths)).toBe(metrics.longestSentenceWords)
      expect(metrics.distinctWords).toBeLessThanOrEqual(metrics.words)
      expect(metrics.syllables).toBeGreaterThanOrEqual(metrics.words)
      expect(metrics.paragraphs).toBeLessThanOrEqual(metrics.words)
      for (const { value, meaning } of describeMetrics(metrics))
        expect(`${value} ${meaning}`).not.toMatch(/NaN|undefined|null|Infinity/)
    }),
    { numRuns: 400 },
  )
})

describe('robustness', () => {
  test.each([
    ['empty', ''],
    ['white space', ' \n\t \r\n \u2028 '],
    ['marks alone', '... !!! ??? "" () —'],
  ])('%s has no words and no figures', (_, text) => {
    expect(measure(text)).toMatchObject({ words: 0, sentences: 0, paragraphs: 0, wordsPerSentence: null })
  })
  test('one word of 10,000 letters is one word', () => {
    expect(measure('a'.repeat(10_000))).toMatchObject({ words: 1, sentences: 1, longestSentenceWords: 1 })
  })
  test.each(['مرحبا بالعالم كيف حالك؟ ', '今天天气很好。我们去公园。'])(
    '%s is counted, without readability',
    (text) => {
      const metrics = measure(text.repeat(60))
      expect(metrics.words).toBeGreaterThan(100)
      expect(metrics.readability.fleschReadingEase).toBeNull()
    },
  )
  test.each([
    ['prose', 'The bus was late, so we walked. '],
    ['one long line without stops', 'the bus was late so we walked '],
    ['stops', '. '],
    ['quotes', '."'],
    ['short lines', 'a\n'],
    ['hyphens', 'a-'],
    ['one word', 'abcdefgh'],
    ['white space', '        '],
  ])('%s: the time grows with the length, not its square', (_, piece) => {
    const time = (size: number): number => {
      const text = piece.repeat(size / piece.length)
      const from = process.threadCpuUsage()
      measure(text)
      return process.threadCpuUsage(from).user / 1000
    }
    time(50_000)
    const small = Math.max(5, Math.min(time(100_000), time(100_000)))
    // Eight times the text; a square would take 64 times as long.
    expect(time(800_000) / small).toBeLessThan(30)
  })
})

/** Figures of a fixed text. When they change, raise METRICS_VERSION: results are kept by it. */
test('the version stands for these figures', () => {
  const metrics = measure(
    `My Dog\n\n${'I have a dog called Rex, e.g. a spaniel. He is 3 years old! "Sit," I say. But he doesn’t listen, so we laugh. '.repeat(6)}`,
  )
  expect({
    version: METRICS_VERSION,
    ...metrics,
    sentenceLengths: metrics.sentenceLengths.slice(0, 6),
  }).toMatchInlineSnapshot(`
    {
      "characters": 666,
      "connectives": {
        "additive": 0,
        "adversative": 6,
        "causal": 6,
        "concluding": 0,
        "exemplifying": 6,
        "temporal": 0,
      },
      "distinctWords": 22,
      "diversity": {
        "hdd": 0.4531,
        "mtld": 32.0146,
      },
      "longestSentenceWords": 9,
      "paragraphs": 1,
      "readability": {
        "colemanLiau": -2.7855,
        "fleschKincaidGrade": 0.4273,
        "fleschReadingEase": 102.4006,
        "gunningFog": 2.336,
        "lix": 9.9496,
        "smog": 3.1291,
      },
      "repeatedOpenings": [
        {
          "count": 6,
          "words": "but he doesn't",
        },
        {
          "count": 6,
          "words": "i have a",
        },
        {
          "count": 6,
          "words": "he is 3",
        },
        {
          "count": 6,
          "words": "sit i",
        },
      ],
      "sentenceLengthSpread": 2.3269,
      "sentenceLengths": [
        2,
        9,
        5,
        3,
        7,
        9,
      ],
      "sentences": 25,
      "syllables": 170,
      "version": 1,
      "words": 146,
      "wordsPerParagraph": 146,
      "wordsPerSentence": 5.84,
    }
  `)
})

describe('meanings', () => {
  const meanings = (text: string): Record<string, string> =>
    Object.fromEntries(
      describeMetrics(measure(text)).map(({ key, value, meaning }) => [key, `${value}: ${meaning}`]),
    )

  test('a figure says what it means', () => {
    const text =
      'The government considered an important decision yesterday. We sat on the wall and ate. '.repeat(8)
    expect(meanings(text)).toMatchObject({
      fleschKincaidGrade: '7.4: about age 12 (Flesch–Kincaid 7.4)',
      fleschReadingEase: '54.7: fairly difficult to read (Flesch, 0 to 100)',
    })
  })
  test('a missing figure says why', () => {
    expect(meanings('We ate.').fleschKincaidGrade).toBe('–: needs at least 100 words; this text has 2')
    expect(meanings('we ate and sat '.repeat(60)).lix).toBe(
      '–: too few full stops to tell where sentences end',
    )
  })
})
