import { styleText } from 'node:util'

/** How wide a line on this terminal may be. */
export const widthOf = (stream: NodeJS.WriteStream): number => stream.columns ?? 100

const coloured = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && !process.env.NO_COLOR

/** Colour only on a terminal, and never with NO_COLOR: it repeats what a word says already. */
export const paint = (
  stream: NodeJS.WriteStream,
  style: 'red' | 'green' | 'yellow' | 'dim' | 'bold',
  text: string,
): string => (coloured(stream) ? styleText(style, text, { validateStream: false }) : text)

/** A name as a terminal may show it: controls and direction marks are written out, so that none takes effect. */
export const showName = (name: string): string =>
  name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (c) => {
    const code = c.codePointAt(0) ?? 0
    // The joiner of emoji is harmless where it stands.
    return code === 0x200d ? c : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
  })

/** Cells that a text takes on a terminal: wide and emoji characters take two, marks none. */
export const cellsOf = (text: string): number => {
  let cells = 0
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    const code = segment.codePointAt(0) ?? 0
    cells +=
      /\p{Emoji_Presentation}/u.test(segment) ||
      (code >= 0x1100 &&
        /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
          segment,
        ))
        ? 2
        : 1
  }
  return cells
}

/** Cut to `width` cells, the end kept: an ending says what a file is. */
export function fit(text: string, width: number): string {
  if (cellsOf(text) <= width) return text + ' '.repeat(width - cellsOf(text))
  const parts = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(
    (part) => part.segment,
  )
  const tail = parts.slice(-8)
  let head = ''
  for (const part of parts) {
    if (cellsOf(head + part) + 1 + cellsOf(tail.join('')) > width) break
    head += part
  }
  const cut = `${head}…${tail.join('')}`
  return cut + ' '.repeat(Math.max(0, width - cellsOf(cut)))
}

/** A table in plain text; numbers are set right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
  widest = 44,
): string {
  const text = rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell))))
  const widths = head.map((title, i) =>
    Math.min(widest, Math.max(cellsOf(title), ...text.map((row) => cellsOf(row[i] ?? '')))),
  )
  const right = head.map((_, i) => rows.every((row) => typeof row[i] === 'number' || row[i] === null))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const shown = fit(cell, widths[i] ?? 0)
        return right[i] ? shown.trimEnd().padStart(widths[i] ?? 0) : shown
      })
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...text.map(line)].join('\n')
}

/** A few lines at the foot of the terminal that are written over; nothing when stderr is not a terminal. */
export function liveLines(): { show(lines: readonly string[]): void; clear(): void } {
  const out = process.stderr
  let shown = 0
  const erase = (): string => (shown > 0 ? `\u001b[${shown}A\u001b[J` : '')
  return {
    show(lines) {
      if (!out.isTTY) return
      const width = widthOf(out)
      const cut = lines
        .slice(0, Math.max(3, (out.rows ?? 24) - 2))
        .map((line) => (cellsOf(line) > width - 1 ? fit(line, width - 1) : line))
      out.write(`${erase()}${cut.join('\n')}\n`)
      shown = cut.length
    },
    clear() {
      if (!out.isTTY || shown === 0) return
      out.write(erase())
      shown = 0
    },
  }
}
