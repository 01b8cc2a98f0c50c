import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileOf, makeClass } from '#platform/testing/documents/class.ts'
import { seededRandom } from '#platform/testing/documents/random.ts'

export interface CorpusFile {
  fileName: string
  bytes: Buffer
  /** The same bytes on disk. */
  path: string
}

const places = [
  'near the',
  'behind the',
  'beside our',
  'opposite the',
  'in front of our',
  'far from the',
  'before the',
  'inside my',
]
const nouns =
  'river school garden teacher winter library window market journey kitchen holiday village station museum castle forest harbour theatre'.split(
    ' ',
  )

/**
 * Classes of 500-word essays, 40 % docx, 30 % pdf, 30 % txt, in memory and on disk. No two classes of one corpus
 * share a text, because what was checked before is not checked again; and no two essays share a sentence, as in
 * life, because the grammar checker remembers sentences and a repeated one costs it nothing.
 */
export class Corpus {
  readonly #folder: string
  #classes = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(): Promise<Corpus> {
    return new Corpus(await mkdtemp(join(tmpdir(), 'assay-bench-corpus-')))
  }

  async make(count: number): Promise<CorpusFile[]> {
    const number = ++this.#classes
    const files: CorpusFile[] = []
    const random = seededRandom(20_000 + number)
    const where = () =>
      `${random.pick(places)} ${random.pick(nouns)} ${random.pick(places)} ${random.pick(nouns)}`
    for await (const { fileName, format, essay } of makeClass({ seed: 20_000 + number, count, words: 330 })) {
      const paragraphs = essay.paragraphs.map((text) =>
        text.replace(/[.!?](?=\s|$)/g, (end) => ` ${where()}${end}`),
      )
      const bytes = fileOf({ ...essay, paragraphs }, format)
      const path = join(this.#folder, `${number}-${files.length}`)
      await writeFile(path, bytes)
      files.push({ fileName, bytes, path })
    }
    return files
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true })
  }
}
