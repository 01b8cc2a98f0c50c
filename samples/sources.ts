import { readdir, readFile } from 'node:fs/promises'
import type { Block } from '#platform/testing/documents/blocks.ts'

/** One essay of the sample class as it stands in samples/sources. */
export interface Source {
  file: string
  writer: string
  level: string
  encoding: 'utf-8' | 'windows-1252' | 'utf-16le'
  runningHead: string | null
  hyphenate: boolean
  columns: 1 | 2
  markdown: string
  blocks: Block[]
  footnotes: Map<string, string>
}

const folder = new URL('./sources/', import.meta.url)

export const classFolder: URL = new URL('./class/', import.meta.url)

export async function readSources(): Promise<Source[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort()
  return Promise.all(names.map(async (name) => parseSource(await readFile(new URL(name, folder), 'utf8'))))
}

/**
 * Inline marks of a source: `[^1]` is a footnote, `~~gone~~` a tracked deletion, `++new++` a tracked insertion.
 * The words that a reader should get out of the body of the made file are the text without them.
 */
export function readableText(text: string): string {
  return text
    .replace(/\[\^\d+\]/g, '')
    .replace(/~~.*?~~/g, '')
    .replace(/\+\+(.*?)\+\+/g, '$1')
}

function parseSource(source: string): Source {
  const [, header = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source) ?? []
  const fields = new Map(
    header.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const file = fields.get('file')
  if (!file) throw new Error('a source needs a "file:" line')
  const footnotes = new Map<string, string>()
  const chunks = body
    .trim()
    .split(/\n{2,}/)
    .filter((chunk) => {
      const note = /^\[\^(\d+)\]: (.*)$/.exec(chunk)
      if (note) footnotes.set(note[1]!, note[2]!)
      return !note
    })
  return {
    file,
    writer: fields.get('writer') ?? '',
    level: fields.get('level') ?? '',
    encoding: (fields.get('encoding') as Source['encoding'] | undefined) ?? 'utf-8',
    runningHead: fields.get('running-head') ?? null,
    hyphenate: fields.get('hyphenate') === 'yes',
    columns: fields.get('columns') === '2' ? 2 : 1,
    markdown: `${body.trim()}\n`,
    blocks: chunks.map(parseBlock),
    footnotes,
  }
}

function parseBlock(chunk: string): Block {
  const lines = chunk.split('\n')
  if (chunk.startsWith('#')) return { kind: 'heading', text: chunk.replace(/^#+ /, '') }
  if (lines.every((line) => line.startsWith('- '))) {
    return { kind: 'list', items: lines.map((line) => line.slice(2)) }
  }
  if (lines.every((line) => line.startsWith('|'))) {
    const rows = lines.map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    return { kind: 'table', rows: rows.filter((row) => !row.every((cell) => /^-+$/.test(cell))) }
  }
  return { kind: 'paragraph', text: lines.join(' ') }
}
