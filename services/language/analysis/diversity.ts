// Lexical diversity that hardly depends on how long the text is: MTLD and HD-D.
// P. M. McCarthy & S. Jarvis, "MTLD, vocd-D, and HD-D", Behavior Research Methods 42 (2010) 381–392.
// Does not promise anything about which words are used: rare and common words count alike.

/** Type–token ratio below which a factor is complete; the default of McCarthy & Jarvis (2010). */
export const MTLD_THRESHOLD = 0.72

/** Words drawn for HD-D; 42 as in McCarthy & Jarvis (2010), so that it agrees with vocd-D. */
export const HDD_DRAWS = 42

/**
 * Below this MTLD still grows with the length of the text: R. Koizumi, "Relationships between text length
 * and lexical diversity measures", Vocabulary Learning and Instruction 1 (2012) 60–69.
 */
export const DIVERSITY_MIN_WORDS = 100

/** Factors passed through in one direction, the unfinished one counted in part. */
function countFactors(words: Iterable<string>): number {
  let factors = 0
  let tokens = 0
  const types = new Set<string>()
  for (const word of words) {
    tokens++
    types.add(word)
    // In whole numbers: 18/25 is 0.72 exactly and not below it.
    if (types.size * 100 < tokens * (MTLD_THRESHOLD * 100)) {
      factors++
      tokens = 0
      types.clear()
    }
  }
  return tokens === 0 ? factors : factors + (1 - types.size / tokens) / (1 - MTLD_THRESHOLD)
}

function* backwards(words: readonly string[]): Generator<string> {
  for (let i = words.length - 1; i >= 0; i--) yield words[i]!
}

/**
 * Mean length, in words, of stretches that keep a type–token ratio of 0.72: the mean of both directions.
 * `null` when no word is repeated: the ratio never falls, and the length has no estimate.
 */
export function mtld(words: readonly string[]): number | null {
  const forward = countFactors(words)
  const backward = countFactors(backwards(words))
  return forward === 0 || backward === 0 ? null : (words.length / forward + words.length / backward) / 2
}

/**
 * Expected type–token ratio of 42 words drawn without replacement, 0 to 1: the sum over the types of the
 * hypergeometric chance of meeting the type at all, divided by 42. `null` below 42 words.
 */
export function hdd(words: readonly string[]): number | null {
  const total = words.length
  if (total < HDD_DRAWS) return null
  const frequencies = new Map<string, number>()
  for (const word of words) frequencies.set(word, (frequencies.get(word) ?? 0) + 1)
  const typesOf = new Map<number, number>()
  for (const frequency of frequencies.values()) typesOf.set(frequency, (typesOf.get(frequency) ?? 0) + 1)
  let sum = 0
  for (const [frequency, types] of typesOf) sum += types * (1 - chanceOfNone(total, frequency))
  return sum / HDD_DRAWS
}

/** C(total − frequency, 42) / C(total, 42), as a product of 42 ratios: no factorial can overflow. */
function chanceOfNone(total: number, frequency: number): number {
  if (total - frequency < HDD_DRAWS) return 0
  let chance = 1
  for (let i = 0; i < HDD_DRAWS; i++) chance *= (total - frequency - i) / (total - i)
  return chance
}
