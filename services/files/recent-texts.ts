// Texts that were read a moment ago, for the checks that ask for them next: a text is named by its hash and never
// changes, so what is remembered is what is stored. Apart by school, as everything is.
// Does not promise to remember anything: what is not here is read from the table.
import type { SchoolId } from '#contracts/common.ts'

/** About 1,000 essays of 500 words: 6 MB of characters at two bytes, half of that for plain English. */
const mostCharacters = 3_000_000

export function createRecentTexts(most = mostCharacters) {
  const texts = new Map<string, string>()
  let characters = 0
  const nameOf = (schoolId: SchoolId, textHash: string) => `${schoolId} ${textHash}`

  return {
    /** Only what has been committed. */
    remember(schoolId: SchoolId, read: readonly { textHash: string; text: string }[]): void {
      for (const { textHash, text } of read) {
        const name = nameOf(schoolId, textHash)
        if (texts.has(name) || text.length > most / 10) continue
        texts.set(name, text)
        characters += text.length
      }
      for (const [name, text] of texts) {
        if (characters <= most) break
        texts.delete(name)
        characters -= text.length
      }
    },
    /** When texts were erased: which of them are here is not worth asking. */
    forgetAll(): void {
      texts.clear()
      characters = 0
    },
    find: (schoolId: SchoolId, textHash: string): string | undefined => texts.get(nameOf(schoolId, textHash)),
  }
}

/** Those of this process, whichever part of it asks. */
export const recentTexts = createRecentTexts()
