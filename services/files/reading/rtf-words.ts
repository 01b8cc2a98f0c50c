/**
 * The words of rtf that matter to a text: characters, the groups that hold none of it, and code pages.
 * From: Microsoft, Rich Text Format Specification 1.9.1, appendix B; WHATWG names of encodings.
 * Does not promise: DOS code pages; they are read as Windows-1252.
 */

export const CHARACTERS: Record<string, string> = {
  tab: '\t',
  line: '\n',
  lbr: '\n',
  softline: '\n',
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  emspace: ' ',
  enspace: ' ',
  qmspace: ' ',
  zwj: '\u200d',
  zwnj: '\u200c',
  ltrmark: '\u200e',
  rtlmark: '\u200f',
}

/** Groups with text that is not the student's, or with none. A group that opens with \* and is not in KEPT is left out too. */
export const LEFT_OUT = new Set(
  (
    'colortbl stylesheet info pict objdata header headerl headerr headerf footer footerl footerr footerf ' +
    'fldinst listtext pntext pntxta pntxtb nonesttableprops shprslt ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn ' +
    'annotation atnid atnauthor atrfstart atrfend tc xe rxe private datafield themedata colorschememapping latentstyles ' +
    'datastore listtable listoverridetable rsidtbl generator xmlnstbl mmathPr sn sv template title author ' +
    'bkmkstart bkmkend mmathPict revtbl filetbl pgptbl objclass objname alt'
  ).split(' '),
)

/** Groups that may open with \* and still hold text. */
export const KEPT = new Set(
  'footnote shpinst shptxt dptxbxtext ud nestrow nestcell moMath mmath shpgrp do'.split(' '),
)

const CODE_PAGES: Record<number, string> = {
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  65001: 'utf-8',
}

export function encodingOf(codePage: number): string {
  if (codePage >= 1250 && codePage <= 1258) return `windows-${codePage}`
  return CODE_PAGES[codePage] ?? 'windows-1252'
}

const CHARSETS: Record<number, number> = {
  77: 10000,
  128: 932,
  129: 949,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  222: 874,
  238: 1250,
}

/** Code page of a font's character set; undefined for the document's own. */
export const codePageOfCharset = (charset: number): number | undefined => CHARSETS[charset]
