import PDFDocument from 'pdfkit'
import { writePdf } from './pdf.ts'

/** A PDF whose only page is a picture: a JPEG if one is given, else grey lines such as a poor scan leaves. */
export function makeScannedPdf(jpeg?: { bytes: Uint8Array; width: number; height: number }): Buffer {
  const lines = Array.from({ length: 30 }, (_, n) => `72 ${760 - n * 22} ${440 - (n % 5) * 9} 7 re f`)
  const content = jpeg ? 'q 595 0 0 842 0 0 cm /Scan Do Q' : `0.7 g\n${lines.join('\n')}`
  return writePdf([content], jpeg && { name: 'Scan', ...jpeg })
}

/** A PDF that opens only with the password. */
export async function makeLockedPdf(text: string, password: string): Promise<Buffer> {
  const CreationDate = new Date('2026-11-04T09:00:00Z')
  const pdf = new PDFDocument({
    size: 'A4',
    userPassword: password,
    ownerPassword: password,
    info: { CreationDate, ModDate: CreationDate },
  })
  const chunks: Buffer[] = []
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
  const done = new Promise((resolve) => pdf.on('end', resolve))
  pdf.font('Times-Roman').fontSize(12).text(text).end()
  await done
  return Buffer.concat(chunks)
}

/** A web page saved under the name of the document that was not there. */
export function makeBrokenDocx(): Buffer {
  return Buffer.from(
    `<!DOCTYPE html>
<html lang="en">
<head><title>Sign in to continue</title></head>
<body>
<h1>Your session has ended</h1>
<p>Sign in again to download this file.</p>
</body>
</html>
`,
  )
}

/** A document cut off in the middle, as when a download or a copy to a stick stops. */
export function truncate(bytes: Uint8Array, share = 0.6): Buffer {
  return Buffer.from(bytes.subarray(0, Math.floor(bytes.length * share)))
}
