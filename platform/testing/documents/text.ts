import iconv from 'iconv-lite'

export type TextEncoding = 'utf-8' | 'utf-8-bom' | 'windows-1252' | 'utf-16le' | 'utf-16be' | 'iso-8859-2'

/** Plain text as bytes. Both UTF-16 forms begin with a byte order mark; throws on a character the encoding lacks. */
export function makeTxt(text: string, encoding: TextEncoding = 'utf-8'): Buffer {
  const name = encoding === 'utf-8-bom' ? 'utf-8' : encoding
  const bytes = iconv.encode(text, name, { addBOM: encoding === 'utf-8-bom' || name.startsWith('utf-16') })
  if (iconv.decode(bytes, name) !== text) throw new Error(`text has characters that ${encoding} lacks`)
  return bytes
}
