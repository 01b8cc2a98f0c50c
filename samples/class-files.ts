import { readFile } from 'node:fs/promises'
import { makeBrokenDocx, makeLockedPdf, makeScannedPdf } from '#platform/testing/documents/bad.ts'
import { makeOdt } from '#platform/testing/documents/odt.ts'
import { makeRtf } from '#platform/testing/documents/rtf.ts'
import { makeTxt } from '#platform/testing/documents/text.ts'
import { docxOf } from './docx-essay.ts'
import { pdfOf } from './pdf-essay.ts'
import { readSources, type Source } from './sources.ts'

/** The files of the sample class that no reader can get a text from. */
export const badFiles = {
  scan: 'scan from phone.pdf',
  locked: 'homework locked.pdf',
  notADocument: 'essay (fixed).docx',
} as const

/** The 27 files of samples/class, made anew from samples/sources. */
export async function* buildClassFiles(): AsyncGenerator<{ name: string; bytes: Buffer }> {
  for (const source of await readSources()) yield { name: source.file, bytes: await bytesOf(source) }
  const scan = await readFile(new URL('./sources/scan.jpg', import.meta.url))
  yield { name: badFiles.scan, bytes: makeScannedPdf({ bytes: scan, width: 827, height: 1169 }) }
  const secret = 'Should school start later? Nobody reads this without the password.'
  yield { name: badFiles.locked, bytes: await makeLockedPdf(secret, 'secret10B') }
  yield { name: badFiles.notADocument, bytes: makeBrokenDocx() }
}

async function bytesOf(source: Source): Promise<Buffer> {
  switch (source.file.slice(source.file.lastIndexOf('.') + 1)) {
    case 'docx':
      return docxOf(source)
    case 'pdf':
      return pdfOf(source)
    case 'odt':
      return makeOdt(source.blocks)
    case 'rtf':
      return makeRtf(source.blocks)
    case 'txt':
      return makeTxt(source.markdown.replace(/^# /gm, '').replaceAll('\n', '\r\n'), source.encoding)
    case 'md':
      return makeTxt(source.markdown)
    default:
      throw new Error(`no writer for ${source.file}`)
  }
}
