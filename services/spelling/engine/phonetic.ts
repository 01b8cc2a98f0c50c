// Rule: spells a word by its consonant sounds, so that "fotograf" and "photograph" meet in one bucket.
// From: the idea of Metaphone (Lawrence Philips, 1990), with our own rules for what learners confuse.
// Does not promise: a pronunciation, or anything about vowels beyond "the word starts with one".

const VOWEL = /[aeiouy]/

/** Letters the rules know; accents are folded by the caller. */
function soundAt(word: string, i: number): [sound: string, used: number] {
  const c = word[i]!
  const next = word[i + 1] ?? ''
  const after = word[i + 2] ?? ''
  switch (c) {
    case 'b':
      return [next === '' && word[i - 1] === 'm' ? '' : 'b', 1]
    case 'c':
      if (next === 'h') return [i === 0 && /[rl]/.test(after) ? 'k' : 'x', 2]
      if (next === 'i' && /[aeo]/.test(after) && i > 0) return ['x', 2]
      if (next === 'k' || next === 'q') return ['k', 2]
      return [/[eiy]/.test(next) ? 's' : 'k', 1]
    case 'd':
      if (next === 'g' && /[eiy]/.test(after)) return ['j', 2]
      return [next === 'j' ? '' : 'd', 1]
    case 'g':
      if (next === 'h') return [i === 0 ? 'g' : after === '' && /[ou]/.test(word[i - 1] ?? '') ? 'f' : '', 2]
      if (next === 'n' && (i === 0 || after === '')) return ['n', 2]
      if (next === 'u' && /[eia]/.test(after)) return ['g', 2]
      return [/[eiy]/.test(next) ? 'j' : 'g', 1]
    case 'h':
      return [i === 0 ? 'h' : '', 1]
    case 'k':
      return [i === 0 && next === 'n' ? '' : 'k', 1]
    case 'p':
      if (next === 'h') return ['f', 2]
      return [i === 0 && (next === 's' || next === 'n') ? '' : 'p', 1]
    case 'q':
      return ['k', next === 'u' ? 2 : 1]
    case 's':
      if (next === 'h') return ['x', 2]
      if (next === 's' && after === 'i') return ['x', 3]
      if (next === 'i' && /[oa]/.test(after)) return ['x', 2]
      if (next === 'c' && after === 'h') return [i === 0 ? 'sk' : 'x', 3]
      if (next === 'c' && /[eiy]/.test(after)) return ['s', 2]
      if (next === 't' && after === 'l') return ['s', 2]
      return ['s', 1]
    case 't':
      if (next === 'i' && /[oa]/.test(after) && i > 0) return ['x', 2]
      if (next === 'c' && after === 'h') return ['x', 3]
      if (next === 'h') return ['0', 2]
      if (next === 'u' && after === 'r') return ['x', 1]
      return ['t', 1]
    case 'w':
      if (i === 0 && next === 'r') return ['', 1]
      if (next === 'h') return ['w', 2]
      return [i === 0 || VOWEL.test(next) ? 'w' : '', 1]
    case 'x':
      return [i === 0 ? 's' : 'ks', 1]
    case 'z':
      return ['s', 1]
    case 'y':
      return ['', 1]
    case 'j':
      return ['j', 1]
    case 'v':
    case 'f':
    case 'l':
    case 'm':
    case 'n':
    case 'r':
      return [c, 1]
    default:
      return ['', 1]
  }
}

/** The longest key kept: longer words differ early enough, and the key index stays small. */
export const LONGEST_KEY = 8

/** Key of a lower-case word in plain letters; '' when it holds no letter. At most LONGEST_KEY characters. */
export function phoneticKey(word: string): string {
  let key = ''
  for (let i = 0; i < word.length && key.length < LONGEST_KEY;) {
    const c = word[i]!
    if (i === 0 && VOWEL.test(c)) {
      key = 'a'
      i += 1
      continue
    }
    const [sound, used] = soundAt(word, i)
    if (sound !== '' && !(key.endsWith(sound[0]!) && sound.length === 1)) key += sound
    i += used
  }
  return key.slice(0, LONGEST_KEY)
}
