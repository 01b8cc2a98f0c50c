import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findBlocks } from './layout.ts'
import { findSentences } from './sentences.ts'

const split = (text: string): string[] => findSentences(text).map(({ start, end }) => text.slice(start, end))

describe('a sentence does not end', () => {
  test.each([
    ['at a title', 'Mr. Smith met Dr. Jones and Mrs. O’Neil at St. Mary’s.'],
    ['at an abbreviation, capital or not', 'We like fruit, e.g. Apples, i.e. apples, etc. and so on.'],
    ['within initials and names', 'J. K. Rowling met John F. Kennedy in the U.S. Senate.'],
    ['at a decimal, a page or a number', 'Pi is 3.14 on p. 12, and No. 5 costs $2.50 at 5 p.m. sharp.'],
    ['in an address', 'Look at www.bbc.co.uk/news?x=1 and write to me@school.org about node.js files.'],
    ['at an ellipsis that goes on', 'I waited... and waited . . . and then… nothing.'],
    ['before the words that say who spoke', '"Stop!" he said.'],
    ['before a name that spoke', '“Go away!” John shouted at us.'],
    ['before "I" that spoke', "'Why?' I asked."],
    ['before a pronoun that spoke, though it has a capital', '"Where?" The teacher said.'],
    ['within brackets that go on', 'He was (can you believe it?) late.'],
    [
      'within a line that was wrapped',
      'The bus was late and\nwe walked to school\nin the rain with\nour bags.',
    ],
  ])('%s', (_, text) => expect(split(text)).toEqual([text]))
})

describe('a sentence ends', () => {
  test.each<[string, string, string[]]>([
    ['after a quoted sentence', "He said 'No.' Then left.", ["He said 'No.'", 'Then left.']],
    [
      'after an abbreviation and a word that opens sentences',
      'He lives in the U.S. He is old.',
      ['He lives in the U.S.', 'He is old.'],
    ],
    ['after "etc." and a capital', 'Fruit, etc. We ate.', ['Fruit, etc.', 'We ate.']],
    ['after "I"', 'So do I. Then we left.', ['So do I.', 'Then we left.']],
    [
      'after a lone letter and a word that opens sentences',
      'We tried plan B. It failed.',
      ['We tried plan B.', 'It failed.'],
    ],
    ['after "no" that is no number', 'He said no. We left.', ['He said no.', 'We left.']],
    [
      'before a figure',
      'Born in 2010. 5 years later we moved.',
      ['Born in 2010.', '5 years later we moved.'],
    ],
    [
      'after a name with a stop in it',
      'It runs on node.js. Nothing else is on bbc.co.uk. We left.',
      ['It runs on node.js.', 'Nothing else is on bbc.co.uk.', 'We left.'],
    ],
    ['at several marks at once', 'What?! No!!! Well... Maybe.', ['What?!', 'No!!!', 'Well...', 'Maybe.']],
    ['where the capital was forgotten', 'i went home. then i slept.', ['i went home.', 'then i slept.']],
    [
      'where the space was forgotten',
      'We went home.Then we ate.Really?Yes.',
      ['We went home.', 'Then we ate.', 'Really?', 'Yes.'],
    ],
    ['without a final stop', 'We ate. Then we left', ['We ate.', 'Then we left']],
    ['at the end of a heading', 'My Summer\n\nIt was hot.', ['My Summer', 'It was hot.']],
    [
      'at each item',
      '1. Wash the apples.\n2. Peel them\n- cut',
      ['1. Wash the apples.', '2. Peel them', '- cut'],
    ],
    ['after brackets of its own', '(It was late.) Then we left.', ['(It was late.)', 'Then we left.']],
    [
      'when nobody is said to speak',
      '"Go away." He said nothing more.',
      ['"Go away."', 'He said nothing more.'],
    ],
    ['in dialogue by line', '"Hi," she said.\n"Hello."\n"Bye!"', ['"Hi," she said.', '"Hello."', '"Bye!"']],
    ['and keeps the emoji after it', 'I love it! 😀 It is good. 😀😀', ['I love it!', '😀 It is good. 😀😀']],
    ['in Chinese', '今天天气很好。我们去公园。', ['今天天气很好。', '我们去公园。']],
    ['in Arabic', 'مرحبا؟ كيف حالك؟ بخير.', ['مرحبا؟', 'كيف حالك؟', 'بخير.']],
  ])('%s', (_, text, expected) => expect(split(text)).toEqual(expected))
})

test('a text without stops is one sentence', () => {
  expect(split('word '.repeat(4000))).toHaveLength(1)
})

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        'Mr',
        '.',
        ' ',
        '\n',
        '"',
        '’',
        '…',
        'U.S',
        'the',
        'He',
        '!',
        '?',
        ')',
        '😀',
        '1',
        '- ',
        'é',
      ),
      {
        maxLength: 80,
      },
    )
    .map((parts) => parts.join('')),
)

test('sentences lie in order, do not overlap, and lose nothing but white space', () => {
  fc.assert(
    fc.property(text, (sample) => {
      let at = 0
      for (const { start, end } of findSentences(sample)) {
        expect(sample.slice(at, start).trim()).toBe('')
        expect(end).toBeGreaterThan(start)
        at = end
      }
      expect(sample.slice(at).trim()).toBe('')
    }),
    { numRuns: 400 },
  )
})

describe('blocks', () => {
  const kinds = (sample: string): string[] => findBlocks(sample).map(({ kind }) => kind)

  test('a heading is a line, a list is one block, a paragraph may be wrapped', () => {
    const wrapped =
      'The bus was late again and so\nwe walked all the way to school\nin the rain with our heavy\nbags on our backs.'
    expect(kinds(`My Day\n\n${wrapped}\n\n- a bag\n- a coat\n\nThat was all.`)).toEqual([
      'line',
      'paragraph',
      'list',
      'paragraph',
    ])
  })
  test('a line break alone divides paragraphs that end in a stop', () => {
    expect(kinds('It was hot.\nWe swam.\nWe ate.')).toEqual(['paragraph', 'paragraph', 'paragraph'])
  })
  test('nothing but short lines is verse: a stanza is a paragraph', () => {
    expect(
      findBlocks('Red roses\nBlue sea\n\nOld stones\nNew me').map(({ kind, units }) => [kind, units.length]),
    ).toEqual([
      ['paragraph', 2],
      ['paragraph', 2],
    ])
  })
})
