/**
 * One file from its bytes to its text: what it is, its reader, and the last step that all share.
 * From: the specification, "text extraction"; each format's own rules stand in its file.
 * Does not promise: to be called anywhere but in the limited child.
 */
import { readDocx } from './docx.ts'
import { detect, remarkOnName, type Detected } from './detect.ts'
import { failures, refuse } from './failures.ts'
import { normaliseText } from './normalise.ts'
import { readOdt } from './odt.ts'
import { readPdf } from './pdf.ts'
import { decodePlainText } from './plain-text.ts'
import { readRtf } from './rtf.ts'
import type { Format, ReadingLimits, ReadingRemark } from './reading.ts'

export interface ReadDocument {
  text: string
  words: number
  format: Format
  pages?: number
  remarks: ReadingRemark[]
}

interface Raw {
  text: string
  pages?: number
  remarks: ReadingRemark[]
}

async function extract(found: Detected, bytes: Buffer, limits: ReadingLimits): Promise<Raw> {
  switch (found.format) {
    case 'docx':
      return { text: readDocx(found.zip, limits), remarks: [] }
    case 'odt':
      return { text: readOdt(found.zip, limits), remarks: [] }
    case 'rtf':
      return { text: readRtf(bytes, limits), remarks: [] }
    case 'pdf':
      return readPdf(bytes, limits)
    case 'txt':
    case 'md':
      return decodePlainText(bytes)
  }
}

export async function readDocument(
  bytes: Buffer,
  fileName: string,
  limits: ReadingLimits,
): Promise<ReadDocument> {
  if (bytes.length === 0) refuse(failures.empty())
  if (bytes.length > limits.fileBytes) refuse(failures.tooLarge(bytes.length, limits.fileBytes))
  const found = detect(bytes, fileName, limits)
  const raw = await extract(found, bytes, limits)
  const { text, words, remarks } = normaliseText(raw.text, limits)
  return {
    text,
    words,
    format: found.format,
    ...(raw.pages === undefined ? {} : { pages: raw.pages }),
    remarks: [...remarkOnName(fileName, found.format), ...raw.remarks, ...remarks],
  }
}
