import { readdir, readFile, stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { linesOf } from '#platform/testing/documents/blocks.ts'
import { readBack, wordsOf } from '#platform/testing/documents/read-back.ts'
import { badFiles, buildClassFiles } from './class-files.ts'
import { classFolder, readableText, readSources, type Source } from './sources.ts'

const sources = await readSources()
const read = (name: string) => readFile(new URL(encodeURIComponent(name), classFolder))

describe('the sample class', () => {
  it('holds 24 essays in six formats and three bad files, and nothing else', async () => {
    const names = (await readdir(classFolder)).map((name) => name.normalize('NFC')).sort()
    expect(names).toEqual([...sources.map((source) => source.file), ...Object.values(badFiles)].sort())
    const formats = Object.groupBy(sources, (source) => source.file.split('.').at(-1)!)
    expect(formats).toMatchObject({
      docx: { length: 9 },
      pdf: { length: 6 },
      odt: { length: 3 },
      rtf: { length: 2 },
      txt: { length: 3 },
      md: { length: 1 },
    })
  })

  it('stays small', async () => {
    const sizes = await Promise.all(
      (await readdir(classFolder)).map(
        async (name) => (await stat(new URL(encodeURIComponent(name), classFolder))).size,
      ),
    )
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(1_500_000)
  })

  it.each(sources.map((source) => [source.file, source] as const))(
    '%s has the words of its source',
    async (_, source) => {
      const text = await readBack(source.file, await read(source.file))
      expect(wordsOf(withoutFurniture(text, source))).toEqual(
        wordsOf(linesOf(source.blocks).map(readableText).join(' ')),
      )
    },
  )

  it('has essays of 250 to 550 words and one that is far too short', () => {
    const lengths = sources.map(
      (source) => wordsOf(linesOf(source.blocks).map(readableText).join(' ')).length,
    )
    expect(lengths.filter((length) => length < 250)).toHaveLength(1)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(550)
  })

  it('is what its sources make today', async () => {
    for await (const { name, bytes } of buildClassFiles()) {
      // The compression inside pdfkit is that of Node and may change with it; the words are compared above.
      if (!name.endsWith('.pdf')) expect(bytes.equals(await read(name)), name).toBe(true)
    }
  })

  it('has three text files in three encodings', () => {
    const encodings = sources
      .filter((source) => source.file.endsWith('.txt'))
      .map((source) => source.encoding)
    expect(encodings.sort()).toEqual(['utf-16le', 'utf-8', 'windows-1252'])
  })
})

describe('the bad files of the sample class', () => {
  it('the scan has no words', async () => {
    expect(wordsOf(await readBack(badFiles.scan, await read(badFiles.scan)))).toEqual([])
  })

  it('the locked file asks for its password', async () => {
    await expect(readBack(badFiles.locked, await read(badFiles.locked))).rejects.toThrow(/password/i)
  })

  it('the docx is none', async () => {
    await expect(readBack(badFiles.notADocument, await read(badFiles.notADocument))).rejects.toThrow()
  })
})

/** Running heads, page numbers, divided words and Markdown signs belong to the file and not to the essay. */
function withoutFurniture(text: string, source: Source): string {
  if (source.file.endsWith('.md')) return text.replace(/^(#|-) /gm, '')
  if (!source.file.endsWith('.pdf')) return text.replace('\ufeff', '')
  return text
    .split('\n')
    .filter((line) => line !== source.runningHead && !/^Page \d+$/.test(line))
    .join('\n')
    .replace(/([a-z])-\n([a-z])/g, '$1$2')
}
