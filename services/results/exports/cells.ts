// Rule: a cell of text never begins with a character that makes a spreadsheet compute it.
// From: OWASP, "CSV injection": = + - @ tab and carriage return, and their full-width forms.
// Not promised: numbers are left alone, so a negative one begins with its sign.

const begins = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/

/** Guarded with an apostrophe, which spreadsheets show or swallow but never compute. */
export const guardFormula = (text: string): string => (begins.test(text) ? `'${text}` : text)

/** Text without what a spreadsheet cannot store: lone surrogates and control characters become U+FFFD. */
export const storable = (text: string): string =>
  text.toWellFormed().replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '\ufffd')
