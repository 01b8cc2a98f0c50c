// Essays in slots are checked before a run asks for them, while the threads have nothing else to do: a class is
// uploaded in a second or two, and the checks of language are what takes longest after it. Only essays of batches
// whose own phases name `language`; only in memory: nothing is stored or said before a run asks.
// Does not promise anything: what is not there when it is asked for is computed then.
import type { BatchesApi, BatchInfo } from '#contracts/batches.ts'
import type { BatchId, Locale, SchoolId } from '#contracts/common.ts'
import type { FilesApi } from '#contracts/files.ts'
import type { LanguageCheck } from '#contracts/language.ts'

export interface AheadDeps {
  files: Pick<FilesApi, 'getTexts'>
  batches: Pick<BatchesApi, 'findBatch'>
  /** Which of these texts the school has results for already, whatever the settings. */
  listChecked: (schoolId: SchoolId, textHashes: readonly string[]) => Promise<Set<string>>
  check: (text: string, locale: Locale) => Promise<LanguageCheck>
  /** So many checks are under way at once: enough that a thread finds its next text waiting. */
  abreast: number
  /** Told each time nothing is left to be done ahead. */
  onIdle?: () => void
}

export interface AheadEssay {
  schoolId: SchoolId
  batchId: BatchId
  textHash: string
  words: number
}

type Text = Pick<AheadEssay, 'schoolId' | 'textHash'>

/** What is longer is no essay, and would keep the essays behind it waiting. */
const mostWords = 3000
/** Results of about 8 kB each, and the names of texts that wait. */
const mostHeld = 1000
const mostWaiting = 5000
/** Texts are fetched for so many essays at a time. */
const groupSize = 32

export function createAhead(deps: AheadDeps) {
  const waiting = new Map<string, AheadEssay>()
  const held = new Map<string, LanguageCheck>()
  let asked = 0
  let nobodyAsks: (() => void)[] = []
  let working = false
  let closed = false

  // Apart by school: how long a check takes must not tell one school what another has handed in.
  const nameOf = ({ schoolId, textHash }: Text) => `${schoolId} ${textHash}`
  const resultOf = (text: Text, locale: Locale) => `${nameOf(text)} ${locale}`

  const quiet = (): Promise<void> =>
    asked === 0 ? Promise.resolve() : new Promise((resolve) => nobodyAsks.push(resolve))

  function nextGroup(): AheadEssay[] {
    const [first] = waiting.values()
    const group: AheadEssay[] = []
    for (const essay of waiting.values()) {
      if (essay.batchId !== first?.batchId || essay.schoolId !== first.schoolId) continue
      group.push(essay)
      if (group.length === groupSize) break
    }
    return group
  }

  async function checkGroup(group: readonly AheadEssay[], batch: BatchInfo): Promise<void> {
    const { schoolId } = group[0] as AheadEssay
    const hashes = group.map((essay) => essay.textHash)
    const checked = await deps.listChecked(schoolId, hashes)
    const open = hashes.filter((hash) => !checked.has(hash))
    const texts = open.length === 0 ? new Map<string, string>() : await deps.files.getTexts(schoolId, open)
    const each = texts.entries()
    const work = async (): Promise<void> => {
      // The one iterator is shared: each text is taken once.
      for (const [textHash, text] of each) {
        await quiet()
        // Asked for meanwhile.
        if (!waiting.delete(nameOf({ schoolId, textHash }))) continue
        const result = await deps.check(text, batch.locale)
        held.set(resultOf({ schoolId, textHash }, batch.locale), result)
        const [oldest] = held.keys()
        if (held.size > mostHeld) held.delete(oldest as string)
      }
    }
    await Promise.all(Array.from({ length: deps.abreast }, work))
  }

  async function work(): Promise<void> {
    while (waiting.size > 0) {
      await quiet()
      const group = nextGroup()
      const [first] = group
      if (!first) return
      try {
        const batch = await deps.batches.findBatch(first.schoolId, first.batchId)
        if (batch?.phases.includes('language')) await checkGroup(group, batch)
      } finally {
        for (const essay of group) waiting.delete(nameOf(essay))
      }
    }
  }

  return {
    /** Essays that a run will ask for sooner or later. Returns at once. */
    note(essays: readonly AheadEssay[]): void {
      for (const essay of essays) {
        if (waiting.size >= mostWaiting || closed) break
        if (essay.words <= mostWords) waiting.set(nameOf(essay), essay)
      }
      if (working) return
      working = true
      // Whatever goes wrong here happens again, and is told, when a run asks.
      void work()
        .catch(() => {})
        .finally(() => {
          working = false
          deps.onIdle?.()
        })
    },
    /** The result, once; and whatever there is, this text need not be looked at ahead any more. */
    take(text: Text, locale: Locale): LanguageCheck | null {
      waiting.delete(nameOf(text))
      const name = resultOf(text, locale)
      const result = held.get(name) ?? null
      held.delete(name)
      return result
    },
    /** Work that somebody waits for: until it is done nothing is begun ahead. */
    async meanwhile<T>(work: () => Promise<T>): Promise<T> {
      asked += 1
      try {
        return await work()
      } finally {
        asked -= 1
        if (asked === 0) for (const resolve of nobodyAsks.splice(0)) resolve()
      }
    },
    /** When a batch was erased: what was found in its texts goes with it. */
    forgetAll(): void {
      waiting.clear()
      held.clear()
    },
    close(): void {
      closed = true
      waiting.clear()
      held.clear()
      for (const resolve of nobodyAsks.splice(0)) resolve()
    },
  }
}
