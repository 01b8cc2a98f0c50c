/**
 * Letters of the font "Symbol", whose bytes look like Latin: students pick Greek there.
 * From: Adobe, the Symbol font's encoding vector.
 * Does not promise: its operators and arrows; each sign that is no letter is a space.
 */
const LOWER = 'αβχδεφγηιϕκλμνοπθρστυϖωξψζ'
const UPPER = 'ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ'

export function symbolLetter(byte: number): string {
  const letter = (byte & 0x1f) - 1
  if (byte >= 0x41 && byte <= 0x5a) return UPPER[letter]!
  if (byte >= 0x61 && byte <= 0x7a) return LOWER[letter]!
  return byte >= 0x30 && byte <= 0x39 ? String.fromCharCode(byte) : ' '
}
