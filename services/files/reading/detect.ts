/**
 * What a file is, by its bytes; its name only decides between txt and md, and earns a remark when it says otherwise.
 * From: the signatures of the formats; OASIS ODF 1.2 part 3 (mimetype); MS-OFFCRYPTO (encrypted OOXML in OLE).
 * Does not promise: that the rest of the file is sound; its reader finds out.
 */
import { failures, refuse } from './failures.ts'
import { looksBinary } from './plain-text.ts'
import type { Format, ReadingLimits, ReadingRemark } from './reading.ts'
import { openZip, type Zip } from './zip-guard.ts'
import { bufferSource } from './zip-source.ts'

export type Detected = { format: 'docx' | 'odt'; zip: Zip } | { format: 'rtf' | 'pdf' | 'txt' | 'md' }

const ODT = 'application/vnd.oasis.opendocument.text'

const starts = (bytes: Buffer, signature: string, at = 0) =>
  bytes.length >= at + signature.length && bytes.toString('latin1', at, at + signature.length) === signature

const OTHERS: [signature: string, what: string, at?: number][] = [
  ['\x89PNG', 'a picture (PNG)'],
  ['\xff\xd8\xff', 'a picture (JPEG)'],
  ['GIF8', 'a picture (GIF)'],
  ['BM', 'a picture (BMP)'],
  ['II*\0', 'a picture (TIFF)'],
  ['MM\0*', 'a picture (TIFF)'],
  ['WEBP', 'a picture (WebP)', 8],
  ['ftyphei', 'a picture (HEIC)', 4],
  ['ftyp', 'a film', 4],
  ['ID3', 'a sound recording'],
  ['OggS', 'a sound recording'],
  ['RIFF', 'a sound recording or film'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive'],
  ['Rar!', 'a rar archive'],
  ['\x1f\x8b', 'a gzip archive'],
  ['BZh', 'a bzip2 archive'],
  ['\xfd7zXZ', 'an xz archive'],
  ['ustar', 'a tar archive', 257],
  ['MZ', 'a program'],
  ['\x7fELF', 'a program'],
  ['%!PS', 'a PostScript file'],
]

/** A zip that is not by its first entry one office document: the caller unpacks it instead of reading it. */
export function looksLikeArchive(head: Buffer): boolean {
  if (starts(head, 'PK\x05\x06')) return true
  if (!starts(head, 'PK\x03\x04') || head.length < 30) return false
  const name = head.toString('latin1', 30, Math.min(head.length, 30 + head.readUInt16LE(26)))
  return !/^(?:\[Content_Types\]\.xml|_rels\/|docProps\/|word\/|customXml\/|mimetype|META-INF\/|content\.xml|xl\/|ppt\/)/.test(
    name,
  )
}

export const isZip = (bytes: Buffer) => starts(bytes, 'PK\x03\x04') || starts(bytes, 'PK\x05\x06')

const utf16 = (text: string) => Buffer.from(text, 'utf16le')

function refuseOle(bytes: Buffer): never {
  if (bytes.includes(utf16('EncryptedPackage'))) refuse(failures.encrypted())
  if (bytes.includes(utf16('WordDocument'))) {
    refuse(
      failures.unsupported(
        'It is in the old Word format (doc), which is not read.',
        'Open it in Word or LibreOffice, save it as docx, and send that.',
      ),
    )
  }
  return refuse(failures.unsupported('It is an old Office file without a text.', 'Save its text as docx.'))
}

/** What one zip holds: a docx, an odt, or neither. Refuses other office files and encrypted ones. */
export function detectZip(zip: Zip): 'docx' | 'odt' | 'archive' {
  const mime = zip.find('mimetype')
  if (mime && mime.unpacked < 200) {
    const kind = zip.unpack(mime).toString('latin1').trim()
    if (kind.startsWith(ODT)) return 'odt'
    if (kind.startsWith('application/vnd.oasis.opendocument')) {
      refuse(
        failures.unsupported(
          'It is a spreadsheet, drawing or presentation, not a text.',
          'Save its text as odt.',
        ),
      )
    }
    if (kind.startsWith('application/epub')) refuse(failures.unsupported('It is an e-book (EPUB).'))
  }
  if (zip.find('[Content_Types].xml')) {
    if (zip.entries.some((entry) => /^(?:xl|ppt|visio)\//.test(entry.name))) {
      refuse(
        failures.unsupported('It is a spreadsheet or presentation, not a text.', 'Save its text as docx.'),
      )
    }
    return 'docx'
  }
  if (zip.find('Index/Document.iwa') || zip.find('index.apxl')) {
    refuse(
      failures.unsupported(
        'It is in the format of Apple Pages.',
        'In Pages choose Export to, Word, and send that.',
      ),
    )
  }
  if (zip.find('content.xml') && zip.find('META-INF/manifest.xml')) return 'odt'
  return 'archive'
}

const HTML =
  /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)*<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>]|script[\s>]|meta[\s>])/i

function refuseMarkup(bytes: Buffer): void {
  const head = bytes
    .toString('latin1', 0, 4096)
    .replace(/\0/g, '')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
  if (HTML.test(head)) {
    refuse(
      failures.unsupported(
        'It is a web page (HTML), whatever its name says.',
        'Open it in a browser, copy the text into a document, and save that as docx or txt.',
      ),
    )
  }
  if (/^\s*<\?xml/.test(head)) refuse(failures.unsupported('It is an XML file, not a text.'))
}

export function extensionOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.')
  return dot <= 0 ? '' : fileName.slice(dot + 1).toLowerCase()
}

export function detect(bytes: Buffer, fileName: string, limits: ReadingLimits): Detected {
  const extension = extensionOf(fileName)
  if (isZip(bytes)) {
    const zip = openZip(bufferSource(bytes), limits)
    const kind = detectZip(zip)
    if (kind === 'archive') refuse(failures.archiveInArchive())
    return { format: kind, zip }
  }
  // Some programs put a few bytes in front of a pdf, and readers accept up to 1,024; an essay may name "%PDF-" too.
  const pdf = bytes.subarray(0, 1029).indexOf('%PDF-')
  if (pdf === 0 || (pdf > 0 && looksBinary(bytes))) return { format: 'pdf' }
  if (/^\s*\{\\rtf/.test(bytes.toString('latin1', 0, 64).replace(/^\xef\xbb\xbf/, '')))
    return { format: 'rtf' }
  if (starts(bytes, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) refuseOle(bytes)
  if (looksBinary(bytes)) {
    for (const [signature, what, at] of OTHERS) {
      if (starts(bytes, signature, at)) refuse(failures.unsupported(`It is ${what}, not a text.`))
    }
    if (/^(?:docx|docm|odt|zip)$/.test(extension))
      refuse(failures.damaged('its beginning is missing or overwritten'))
    if (extension === 'pdf') refuse(failures.damaged('it does not begin as a pdf does'))
    refuse(failures.undecodable())
  }
  refuseMarkup(bytes)
  return { format: extension === 'md' || extension === 'markdown' ? 'md' : 'txt' }
}

const USUAL: Record<Format, RegExp> = {
  docx: /^(?:docx|docm|dotx|dotm)$/,
  odt: /^(?:odt|ott)$/,
  rtf: /^rtf$/,
  pdf: /^pdf$/,
  txt: /^(?:txt|text|)$/,
  md: /^(?:md|markdown)$/,
}

export function remarkOnName(fileName: string, format: Format): ReadingRemark[] {
  const extension = extensionOf(fileName)
  if (USUAL[format].test(extension)) return []
  const named = extension === '' ? 'has no ending' : `ends in .${extension}`
  return [
    {
      code: 'wrong-extension',
      message: `The name ${named}, but the file is ${format}; it was read as ${format}.`,
    },
  ]
}
