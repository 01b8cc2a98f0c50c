import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LanguageHint } from '#contracts/language.ts'
import { HINT_RULES } from './hint-rules.ts'
import { createHinter, findCandidates, HINTED_LENGTH, type Hinter } from './hints.ts'
import { CLEAN_ESSAYS, TEMPTING_SENTENCES } from './samples.ts'
import { findSentences } from './sentences.ts'

let hinter: Hinter
beforeAll(async () => {
  hinter = await createHinter()
})
afterAll(() => hinter.close())

const find = (text: string, dialect: 'gb' | 'us' = 'gb') => hinter.hints(text, { dialect })

/** Rule; a sentence it must flag, the words and the first suggestion; a sentence it must not flag. */
const CASES: readonly [string, string, string, string | undefined, string][] = [
  [
    'SentenceCapitalization',
    'It was late. we went home.',
    'we',
    'We',
    'It was late. We went home, e.g. by bus.',
  ],
  [
    'CapitalizePersonalPronouns',
    'I told him that i would come.',
    'i',
    'I',
    'She wrote “i before e” on the board.',
  ],
  ['Months', 'My birthday is in march.', 'march', 'March', 'We march in the rain on Sundays.'],
  [
    'OrthographicConsistency',
    'We have lessons on monday.',
    'monday',
    'Monday',
    'She gave ben a polish cloth.',
  ],
  ['AnA', 'She waited for a hour.', 'a', 'an', 'A European gave an honest man a uniform.'],
  ['AnAnother', 'I saw an another dog.', 'an another', 'another', 'I saw another dog, an older one.'],
  ['RepeatedWords', 'It was cold and and dark.', 'and and', 'and', 'He had had enough of that.'],
  ['ItsPossessive', "The dog wagged it's tail.", "it's", 'its', 'It’s raining, and it’s been a long day.'],
  ['ItsContraction', 'Its been a long day.', 'Its', "It's", 'The cat licked its paw.'],
  ['ThereOwn', 'They did it on there own.', 'there', 'their', 'They did it there on their own.'],
  ['TheirToThere', 'Their are many reasons to go.', 'Their', 'There', 'Their reasons are good.'],
  ['TheirToTheyre', 'Their going to the beach.', 'Their', "They're", 'Their going was a shock.'],
  [
    'ThereToTheir',
    'They are going to lose there house.',
    'there',
    'their',
    'There they met and there they stayed.',
  ],
  ['TheyreToTheir', "They're dog barked all night.", "They're", 'Their', 'They’re sorry that they’re late.'],
  [
    'YourPredicateAdjective',
    'You learn better when your awake.',
    'your',
    "you're",
    'You learn better when your room is quiet.',
  ],
  ['PronounContraction', 'Your the best friend ever.', 'Your', "You're", 'Your best friend is here.'],
  [
    'ToTwoToo',
    'She said she wanted too come.',
    'too',
    'to',
    'It was too late to come, and she was too tired.',
  ],
  [
    'ToLoseTooLoose',
    "I don't want to loose the game.",
    'to loose',
    'to lose',
    'The dog is on the loose with a loose tooth.',
  ],
  ['ThenThan', 'He is taller then me.', 'then', 'than', 'The taller one spoke, then the other.'],
  ['WereWhere', 'We where late for school.', 'where', 'were', 'We were where he told us to be.'],
  ['PronounKnew', 'I new it was him.', 'new', 'knew', 'I knew he had a new one.'],
  [
    'NounVerbConfusion',
    'She gave me a good advise.',
    'advise',
    'advice',
    'My advice will affect him; I advise you to see the effect.',
  ],
  ['ModalOf', 'I could of won the race.', 'could of', 'could have', 'Could he of all people win?'],
  ['DidPast', "I didn't went to the party.", 'went', 'go', 'What he did left us where we were.'],
  [
    'WillNonLemma',
    'He will went there.',
    'will went',
    'will go',
    'He will have gone, and his will was read.',
  ],
  [
    'SimplePastToPastParticiple',
    'She has ate all the cake.',
    'ate',
    'eaten',
    'She has eaten, had run and was seen.',
  ],
  ['DoubleModal', 'He might could help us.', 'might could', 'might', 'He might help if he could.'],
  ['DontCan', "You don't can do that.", "don't can", "can't", 'I don’t; can you?'],
  ['IAmAgreement', 'I are happy.', 'I are', 'I am', 'You and I are happy.'],
  ['PronounInflectionBe', 'They was happy to see us.', 'was', 'were', 'If I were you, I would go.'],
  [
    'PronounVerbAgreement',
    'He go to school every day.',
    'go',
    'goes',
    'He insisted that she go, and we saw him go.',
  ],
  [
    'ThereIsAgreement',
    'There is lots of reasons to go.',
    'is lots',
    'are lots',
    'There are lots of reasons, and there is a lot of rain.',
  ],
  [
    'OneOfTheSingular',
    'One of the best thing is swimming.',
    'thing',
    'things',
    'One of the best things is that one of us won.',
  ],
  [
    'AdjectiveDoubleDegree',
    'She is more prettier than me.',
    'more prettier',
    'prettier',
    'She is more clever and the other is the eldest.',
  ],
  [
    'MassNouns',
    'I have many informations about it.',
    'informations',
    'information',
    'I got a detention after a hearing.',
  ],
  ['RegularIrregulars', 'He catched the ball.', 'catched', 'caught', 'He caught it and costed the plan.'],
  ['WasAloud', 'It was aloud in class.', 'was aloud', 'was allowed', 'She read it aloud, as was allowed.'],
  ['SupposedTo', 'We are suppose to be there.', 'suppose to', 'supposed to', 'I suppose to him it is easy.'],
  [
    'UseToUsedTo',
    'I am use to getting up early.',
    'am use to',
    'am used to',
    'It is of use to us, and I used to go.',
  ],
  [
    'SinceDuration',
    'I am here since two years.',
    'since two years',
    'for two years',
    'He left two years ago and it is long since.',
  ],
  [
    'DespiteOf',
    'Despite of the rain we went.',
    'Despite of',
    'Despite',
    'Despite the rain, in spite of it all, we went.',
  ],
  ['DoubleNegative', "She didn't want no help.", 'no', 'any', 'She didn’t say no.'],
  ['HaveNegNoAny', "We haven't done no homework.", 'no', 'any', 'We haven’t said no.'],
  ['CompoundSubjectI', 'My friend and me went to town.', 'me', 'I', 'They saw my friend and me there.'],
  ['ElsePossessive', 'Someone elses bag is here.', 'elses', "else's", 'Someone else’s bag is here.'],
  [
    'EachOthersPossessive',
    'They like each others clothes.',
    'each others',
    "each other's",
    'They like each other.',
  ],
  ['PluralDecades', "In the 1990's people wore this.", "1990's", '1990s', 'In the 1990s people wore this.'],
  ['Cant', 'They cant swim very well.', 'cant', "can't", 'They can’t swim.'],
  ['OpenCompounds', 'I like alot of different food.', 'alot', 'a lot', 'I like a lot of food.'],
  ['EveryTime', 'Everytime I see him I smile.', 'Everytime', 'Every time', 'Every time I see him I smile.'],
  ['Everyday', 'I go there everyday.', 'everyday', 'every day', 'Every day he wears his everyday shoes.'],
]

test('every rule has its two sentences, and there is no rule besides', () => {
  expect(CASES.map(([rule]) => rule)).toEqual(HINT_RULES.map(({ name }) => name))
})

describe.each(CASES)('%s', (rule, faulty, words, suggestion, correct) => {
  test(`marks “${words}” in: ${faulty}`, async () => {
    const hint = (await find(faulty)).find((found) => found.rule === rule)
    expect(hint && faulty.slice(hint.start, hint.end)).toBe(words)
    expect(hint?.suggestions[0]).toBe(suggestion)
  })
  test(`says nothing about: ${correct}`, async () => {
    expect((await find(correct)).filter((found) => found.rule === rule)).toEqual([])
  })
})

describe('false alarms', () => {
  test.each(CLEAN_ESSAYS.map((essay) => [essay.split('\n')[0]!, essay]))('none in “%s”', async (_, essay) => {
    expect(await find(essay)).toEqual([])
    expect(await find(essay, 'us')).toEqual([])
  })
  test('none in 50 correct sentences that look wrong', async () => {
    expect(await find(TEMPTING_SENTENCES.join(' '))).toEqual([])
    expect(await find(TEMPTING_SENTENCES.join('\n'))).toEqual([])
  })
})

describe('offsets', () => {
  test.each(['😀😀 ', '👩‍👩‍👧 été ', '今天。\n', 'e\u0301\u0301 ', '\ufeff'])(
    'count UTF-16 units after %j',
    async (before) => {
      const text = `${before}Then he ate a apple.`
      const [hint] = await find(text)
      expect(hint).toMatchObject({ rule: 'AnA', start: before.length + 12, end: before.length + 13 })
    },
  )
  test('are right in the last sentence of a long text and across a wrapped line', async () => {
    const text = `${'We walked 😀 to a old house. '.repeat(400)}\n\nThey were late and\nhad a\nold bag and were so\nvery tired of it\nthat they slept.`
    const hints = await find(text)
    expect(hints).toHaveLength(401)
    expect(text.slice(hints.at(-1)!.start, hints.at(-1)!.end)).toBe('a')
    expect(text.slice(hints.at(-1)!.end, hints.at(-1)!.end + 4)).toBe('\nold')
  })
})

test('where two rules hit the same words, one speaks', async () => {
  const hints = await find('i think that i am right. Their is a dog.')
  expect(hints.map(({ rule, start }) => [rule, start])).toEqual([
    ['SentenceCapitalization', 0],
    ['CapitalizePersonalPronouns', 13],
    ['TheirToThere', 25],
  ])
})

test('misspellings are not its business', async () => {
  expect(await find('Teh goverment recieved alott of definately wierd leters.')).toEqual([])
})

test('calls at the same time in both dialects give what they give alone', async () => {
  const text = 'He ate a apple. They was late.'
  const alone = [await find(text, 'gb'), await find(text, 'us')]
  expect(await Promise.all([find(text, 'gb'), find(text, 'us')])).toEqual(alone)
})

test('the hints of a text are the same each time', async () => {
  const text = 'He choosed it. She goed home and ate a apple. Its a lovely day.'
  expect(await find(text)).toEqual(await find(text))
})

describe('robustness', () => {
  test.each([
    ['nothing', ''],
    ['white space', ' \n\t '],
    ['one word of 10,000 letters', 'a'.repeat(10_000)],
    ['Arabic', 'مرحبا بالعالم كيف حالك؟ '.repeat(50)],
    ['Chinese', '今天天气很好。我们去公园。'.repeat(50)],
    ['half an emoji', 'He ate a \ud83d apple. \ude00 They was late.'],
    ['control characters', 'He ate \u0000 a apple.\u0001\u0002 They was late.'],
  ])('%s is survived', async (_, text) => {
    for (const hint of await find(text)) LanguageHint.parse(hint)
  })

  test('hints are looked for in the first 200,000 characters', async () => {
    const text = `${'Nothing is wrong with this one. '.repeat(70_000)}He ate a apple.`
    const from = process.threadCpuUsage()
    expect(await find(text)).toEqual([])
    expect(process.threadCpuUsage(from).user / 1e6).toBeLessThan(5)
    expect(findCandidates('He ate a apple. '.repeat(20_000)).at(-1)!.end).toBeLessThanOrEqual(HINTED_LENGTH)
  })

  test('20 kB without a stop are read in pieces', async () => {
    const text = 'he saw a apple and they was late so '.repeat(560)
    const hints = await find(text)
    expect(hints.length).toBeGreaterThan(540)
    for (const { start, end } of findCandidates(text)) expect(end - start).toBeLessThanOrEqual(1_000)
  })

  test('whatever the text, hints lie in order within it and hold the contract', async () => {
    const piece = fc.constantFrom(
      'he go',
      'a apple',
      'its',
      'there dog',
      '. ',
      '\n',
      '😀',
      'i',
      '“',
      'could of',
      ' ',
      'é',
      '…',
      '\n\n',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        const text = pieces.join(' ')
        let at = 0
        for (const hint of await find(text)) {
          LanguageHint.parse(hint)
          expect(hint.start).toBeGreaterThanOrEqual(at)
          expect(hint.end).toBeLessThanOrEqual(text.length)
          at = hint.end
        }
      }),
      { numRuns: 60 },
    )
  })
})

/** When this changes, raise RULES_VERSION: results are kept by it. */
test('the version stands for these rules', () => {
  const rules = HINT_RULES.map(({ name, message, trigger }) => `${name} ${message} ${trigger}`).join('\n')
  const rulesHash = createHash('sha256').update(rules).digest('hex').slice(0, 12)
  expect([hinter.version.split('-').at(-1), rulesHash]).toMatchInlineSnapshot(`
    [
      "1",
      "e8bbc745691b",
    ]
  `)
})

test('a trigger leaves out no hint on the correct and the faulty sentences', () => {
  const faulty = CASES.map(([, sentence]) => sentence).join('\n')
  expect(findCandidates(faulty)).toHaveLength(CASES.length)
  const clean = CLEAN_ESSAYS.join('\n\n')
  expect(findCandidates(clean).length).toBeLessThan(findSentences(clean).length / 4)
})
