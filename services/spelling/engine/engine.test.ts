import { expect, test } from 'vitest'
import { createEngine, loadLexicon } from './engine.ts'

const lexicon = loadLexicon()
const british = createEngine(lexicon, { dialect: 'gb' })
const american = createEngine(lexicon, { dialect: 'us' })
const found = (text: string, engine = british) =>
  engine.check(text).map((f) => [f.text, f.kind, f.suggestions[0]])

test('a misspelling is found at its place, with the meant word first', () => {
  expect(british.check('I will recieve it.')).toMatchObject([
    { start: 7, end: 14, text: 'recieve', kind: 'non-word' },
  ])
  expect(british.suggest('recieve')[0]).toBe('receive')
})

test('a suggestion keeps the capitals and the apostrophe of the word it replaces', () => {
  expect(british.suggest('Becuase')[0]).toBe('Because')
  expect(british.suggest('BECUASE')[0]).toBe('BECAUSE')
  expect(british.suggest('does\u2019nt')[0]).toBe('doesn\u2019t')
})

test('words run together and words cut in two are findings of their own kinds', () => {
  expect(found('There were alot of dogs.')).toEqual([['alot', 'joined', 'a lot']])
  expect(found('We sat to gether and ate every thing.')).toEqual([
    ['to gether', 'split', 'together'],
    ['every thing', 'split', 'everything'],
  ])
})

test('a real word in the wrong place is found by its neighbours', () => {
  expect(found('You could of told me.')).toEqual([['of', 'confusable', 'have']])
  expect(found('The dog wagged it\u2019s tail.')).toEqual([['it\u2019s', 'confusable', 'its']])
})

test('each dialect has its own spelling and puts it first', () => {
  expect(found('My favorite color.')).toEqual([
    ['favorite', 'non-word', 'favourite'],
    ['color', 'non-word', 'colour'],
  ])
  expect(found('My favourite colour.', american)).toEqual([
    ['favourite', 'non-word', 'favorite'],
    ['colour', 'non-word', 'color'],
  ])
  expect(found('We organize and organise.')).toEqual([])
  expect(found('My favorite colour.', createEngine(lexicon, { dialect: 'gb', eitherDialect: true }))).toEqual(
    [],
  )
})

test('a name is asked about, not called wrong; the name in the prompt is right', () => {
  expect(british.check('We went with Zorblax to town.').map((f) => f.kind)).toEqual(['name'])
  expect(british.check('Zorblax ran. Then Zorblax hid.').map((f) => f.kind)).toEqual(['name', 'name'])
  expect(british.check('We went with Zorblax.', { prompt: 'Write about Zorblax.' })).toEqual([])
  expect(found('I like Wendesday best.')).toEqual([['Wendesday', 'non-word', 'Wednesday']])
})

test('addresses, tags, numbers, capitals, numerals and possessives are left alone', () => {
  expect(
    found(
      'See http://exmple.com/wrng and www.exmple.org or mail jhon@exmple.com. #throwbck 3rd B2B NATO UNICEFX Henry VIII the girls\u2019 and Tom\u2019s e-mail, well-known, re-enter, na\u00efve caf\u00e9 cafe, the 1990s.',
    ),
  ).toEqual([])
})

test('no insult is ever offered', () => {
  for (const word of ['fuk', 'shti', 'bich', 'niger', 'cuntry', 'asshol', 'dik'])
    for (const offered of british.suggest(word, { limit: 10 }))
      expect(offered).not.toMatch(/fuck|shit|bitch|nigg|cunt|asshole|\bdick\b/)
})

test('the neighbours decide between two words that are equally near', () => {
  expect(british.suggest('wether', { left: 'cold' })[0]).toBe('weather')
  expect(british.suggest('wether', { right: 'or' })[0]).toBe('whether')
})

test('the version names the dialect and the lexicon', () => {
  expect(british.version).not.toBe(american.version)
  expect(british.version).toContain(lexicon.stamp)
})

test('one lexicon serves two engines without a copy', () => {
  expect(lexicon.buffer).toBeInstanceOf(SharedArrayBuffer)
  const sent = structuredClone({ stamp: lexicon.stamp, sections: lexicon.sections })
  const other = createEngine({ ...sent, buffer: lexicon.buffer }, { dialect: 'gb' })
  expect(other.suggest('recieve')).toEqual(british.suggest('recieve'))
})

test('a word in small letters that is used often and is like no other is asked about', () => {
  const text = 'We ate bibimbaq. The bibimbaq was hot. I love bibimbaq.'
  expect(british.check(text).map((f) => f.kind)).toEqual(['name', 'name', 'name'])
})

test('a neighbour that is misspelt still speaks, as what it was meant to be', () => {
  expect(found('He had a hart atack.').map(([, kind, first]) => [kind, first])).toEqual([
    ['confusable', 'heart'],
    ['non-word', 'attack'],
  ])
})
