import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { docxOf, odtOf, p, zip, type Entry } from './make-files.ts'
import { createReaderPool, isArchive } from './reader-pool.ts'
import type { ArchiveMember, ReadingLimits } from './reading.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'expand-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function expand(bytes: Buffer, limits: Partial<ReadingLimits> = {}, slow?: () => Promise<void>) {
  const pool = createReaderPool({ limits })
  const path = join(folder, 'archive')
  await writeFile(path, bytes)
  const members: ArchiveMember[] = []
  try {
    const expansion = await pool.expand({ path, fileName: 'class.zip' }, async (member) => {
      await slow?.()
      members.push(member)
    })
    return {
      expansion,
      members,
      given: members.map((m) => [
        m.path,
        'error' in m ? m.error.code : m.bytes.toString('latin1', 0, 4).replace('\x03\x04', ''),
      ]),
    }
  } finally {
    await pool.close()
  }
}

const text = (name: string | Buffer, data = `Text of ${String(name)}.`): Entry => ({ name, data })

describe('an archive of essays', () => {
  test('gives its members in its own order under their exact names', async () => {
    const names = [
      'z.txt',
      'a/b/essay one.txt',
      '😀.txt',
      '\u202etxt.exe',
      'Zoe\u0308.txt',
      'Zo\u00eb.txt',
      'CON',
      'z.txt',
      ' .txt ',
    ]
    const { expansion, members } = await expand(zip(names.map((name) => text(name))))
    expect(expansion).toEqual({ ok: true, kind: 'archive', members: names.length, skipped: [] })
    expect(members.map((member) => member.path)).toEqual(names)
    expect(
      members.every((member) => 'bytes' in member && member.bytes.toString() === `Text of ${member.path}.`),
    ).toBe(true)
  })

  test('keeps names in code page 437 and unmarked UTF-8', async () => {
    const { given } = await expand(
      zip([text(Buffer.from([0x4d, 0x81, 0x6c, 0x6c, 0x2e, 0x74])), text(Buffer.from('Müll.t'))]),
    )
    expect(given.map(([path]) => path)).toEqual(['Müll.t', 'Müll.t'])
  })

  test('leaves out folders and what computers add, and says so', async () => {
    const names = [
      'essays/',
      '__MACOSX/._a.txt',
      'essays/.DS_Store',
      'essays/~$a.docx',
      '.git/config',
      'essays/a.txt',
    ]
    const { expansion, given } = await expand(
      zip(names.map((name) => text(name, name.endsWith('/') ? '' : 'x'))),
    )
    expect(given).toEqual([['essays/a.txt', 'x']])
    expect(expansion).toMatchObject({
      members: 1,
      skipped: ['folder', 'system', 'system', 'lock-file', 'hidden'].map((reason, i) => ({
        path: names[i],
        reason,
      })),
    })
  })

  test('gives a bad member its own refusal and the others their bytes', async () => {
    const inner = zip([text('inner.txt')])
    const { given } = await expand(
      zip([
        text('good.txt', 'good'),
        { name: 'nested.zip', data: inner },
        { name: 'nested as.docx', data: inner },
        text('../../etc/passwd'),
        text('/absolute.txt'),
        text('C:\\drive.txt'),
        text('a\\..\\b.txt'),
        { ...text('link.txt', '/etc/passwd'), mode: 0o120777 },
        { ...text('secret.txt'), flags: 1 },
        { name: `${'n'.repeat(256)}`, data: 'x' },
        { name: 'essay.docx', data: docxOf(p('x')) },
        text('last.txt', 'last'),
      ]),
    )
    expect(given.map(([, what]) => what)).toEqual([
      'good',
      'archive-too-deep',
      'archive-too-deep',
      'archive-path',
      'archive-path',
      'archive-path',
      'archive-path',
      'archive-path',
      'encrypted',
      'name-too-long',
      'PK',
      'last',
    ])
  })

  test('refuses a member that is too large by itself, before unpacking it', async () => {
    const { given } = await expand(zip([text('big.txt', 'ab'.repeat(600)), text('small.txt', 'x')]), {
      fileBytes: 1_000,
    })
    expect(given.map(([, what]) => what)).toEqual(['too-large', 'x'])
  })

  test.each([
    [
      'grows more than a hundredfold',
      zip([text('good.txt'), text('bomb.txt', ' '.repeat(3_000_000))]),
      {},
      'archive-bomb',
    ],
    [
      'unpacks to more than it says',
      zip([text('good.txt'), { name: 'b.txt', data: 'word '.repeat(1000), saysUnpacked: 4000 }]),
      {},
      'archive-bomb',
    ],
    ['has entries that share bytes', zip([text('a.txt'), { ...text('b.txt'), at: 0 }]), {}, 'archive-bomb'],
    [
      'unpacks to too much in all',
      zip([text('a.txt', 'abcd'), text('b.txt', 'efgh')]),
      { unpackedBytes: 7 },
      'archive-bomb',
    ],
    [
      'has too many entries',
      zip(Array.from({ length: 11 }, (_, i) => text(`${i}`))),
      { entries: 10 },
      'too-many-files',
    ],
    ['says it has more entries than it has', zip([text('a.txt')], 3), {}, 'damaged'],
    ['is cut off', zip([text('a.txt')]).subarray(0, 40), {}, 'damaged'],
    ['holds nothing but folders', zip([text('essays/', '')]), {}, 'empty-file'],
    ['is too large', zip([text('a.txt')]), { archiveBytes: 20 }, 'too-large'],
  ] as [string, Buffer, Partial<ReadingLimits>, string][])(
    'is refused as a whole when it %s',
    async (_, bytes, limits, code) => {
      const { expansion, members } = await expand(bytes, limits)
      expect(expansion).toMatchObject({ ok: false, error: { code } })
      expect(members).toEqual([])
    },
  )

  test('that is really one docx or odt is said to be a document', async () => {
    for (const bytes of [docxOf(p('x')), odtOf('<text:p>x</text:p>')]) {
      expect(await isArchive({ bytes })).toBe(false)
      expect((await expand(bytes)).expansion).toEqual({ ok: true, kind: 'document' })
    }
    expect(await isArchive({ bytes: zip([text('a.txt')]) })).toBe(true)
  })

  test('ends when its time is over, also while its members are stored slowly', async () => {
    const never = new Promise<void>(() => undefined)
    const { expansion } = await expand(zip([text('a.txt'), text('b.txt')]), { expandMs: 800 }, () => never)
    expect(expansion).toMatchObject({ ok: false, error: { code: 'reading-timed-out' } })
  })

  test('passes on what storing a member throws', async () => {
    const thrown = expand(zip([text('a.txt')]), {}, () => Promise.reject(new Error('disk full')))
    await expect(thrown).rejects.toThrow('disk full')
  })
})
