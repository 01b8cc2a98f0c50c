import { unzipSync } from 'fflate'
import iconv from 'iconv-lite'
import mammoth from 'mammoth'
import { extractText, getDocumentProxy } from 'unpdf'

/**
 * The words of a made document as an independent reader finds them: mammoth for docx, unpdf for pdf, else the
 * few lines below. For tests of the forge and of the samples; the product's readers live in its files service.
 */
export async function readBack(fileName: string, bytes: Uint8Array): Promise<string> {
  switch (fileName.slice(fileName.lastIndexOf('.') + 1)) {
    case 'docx':
      return (await mammoth.extractRawText({ buffer: Buffer.from(bytes) })).value
    case 'pdf': {
      const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)))
      return text.join('\n')
    }
    case 'odt':
      return odtText(Buffer.from(unzipSync(bytes)['content.xml']!).toString())
    case 'rtf':
      return rtfText(Buffer.from(bytes).toString('latin1'))
    case 'txt':
      return plainText(Buffer.from(bytes))
    default:
      return Buffer.from(bytes).toString()
  }
}

export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}

function plainText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return iconv.decode(bytes, 'utf-16le')
  const text = iconv.decode(bytes, 'utf-8')
  return text.includes('\ufffd') ? iconv.decode(bytes, 'windows-1252') : text
}

function odtText(xml: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return xml
    .replace(/<\/text:[ph]>|<text:(tab|line-break|s)\b[^>]*>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name]!)
}

function rtfText(rtf: string): string {
  const signs = /\\u(-?\d+)\\'[0-9a-f]{2}|\\(?:par|cell|row|tab|line)\b( ?)|\\([\\{}])|\\[a-z]+-?\d* ?|[{}]/g
  return rtf
    .replace(/\{\\(fonttbl|colortbl|info|listtext|\*)(?:[^{}]|\{[^{}]*\})*\}/g, '')
    .replaceAll('\r\n', '')
    .replace(signs, (_, code?: string, breaks?: string, escaped?: string) => {
      if (code !== undefined) return String.fromCharCode(Number(code) & 0xffff)
      return breaks === undefined ? (escaped ?? '') : '\n'
    })
}
