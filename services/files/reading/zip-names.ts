/**
 * The name of a zip entry, exactly as it was packed: UTF-8 when said or when it is, else the Unicode extra field, else CP437.
 * From: PKWARE APPNOTE 6.3, section 4.4.4 bit 11 and 4.6.9; the original PC character set.
 * Does not promise: a name that can be used as a path; nothing here ever does.
 */

// Bytes 0x80 to 0xff of code page 437.
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function decodeName(bytes: Buffer, saidUtf8: boolean, extra: Buffer): string {
  if (saidUtf8) return bytes.toString('utf8')
  for (let e = 0; e + 4 <= extra.length; e += 4 + extra.readUInt16LE(e + 2)) {
    if (extra.readUInt16LE(e) === 0x7075 && extra.length >= e + 9) {
      return extra.toString('utf8', e + 9, Math.min(extra.length, e + 4 + extra.readUInt16LE(e + 2)))
    }
  }
  try {
    // macOS packs UTF-8 without saying so; CP437 names almost never happen to be valid UTF-8.
    return strict.decode(bytes)
  } catch {
    let name = ''
    for (const byte of bytes) name += byte < 0x80 ? String.fromCharCode(byte) : CP437[byte - 0x80]
    return name
  }
}

/** Why a name must not be unpacked, or undefined. The name is only ever shown, so this refuses what was meant as an attack. */
export function unsafeName(name: string): string | undefined {
  if (name.includes('\0')) return 'contains a zero character'
  if (/^[/\\]/.test(name)) return 'is an absolute path'
  if (/^[A-Za-z]:/.test(name)) return 'names a drive'
  if (name.split(/[/\\]/).includes('..')) return 'leads out of the archive ("..")'
  return undefined
}

/** Entries nobody wrote: folders, and what computers put beside files. */
export function skipReason(name: string): 'folder' | 'hidden' | 'system' | 'lock-file' | undefined {
  if (name.endsWith('/')) return 'folder'
  const parts = name.split('/')
  const last = parts.at(-1)!
  if (parts[0] === '__MACOSX' || /^(?:\.DS_Store|Thumbs\.db|desktop\.ini)$/i.test(last)) return 'system'
  if (last.startsWith('~$') || /^\.~lock\..*#$/.test(last)) return 'lock-file'
  if (parts.some((part) => part.startsWith('.') && part !== '.' && part !== '..')) return 'hidden'
  return undefined
}
