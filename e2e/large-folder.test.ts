import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BatchResults } from '#contracts/results.ts'
import { findViolations } from '#platform/testing/invariants.ts'
import { runAssay, startLocalProgram } from './local-process.ts'

const count = 5000

// Slow: a minute or two. Set ASSAY_SLOW_TESTS=1.
test.skipIf(!process.env.ASSAY_SLOW_TESTS)(
  'a folder of 5,000 tiny files is taken whole, every file accounted for',
  async () => {
    const place = await mkdtemp(join(tmpdir(), 'assay-large-'))
    const local = await startLocalProgram()
    try {
      const dir = join(place, 'in')
      await mkdir(dir)
      for (let i = 0; i < count; i++) await writeFile(join(dir, `${i}.txt`), `Essay number ${i} is short.`)
      const out = join(place, 'out')
      const { code } = await runAssay(['run', dir, '--out', out, '--data', local.data])
      expect(code).toBe(0)
      const results = BatchResults.parse(JSON.parse(await readFile(join(out, 'results.json'), 'utf8')))
      expect(results.counts).toMatchObject({ received: count, slotsUsed: count, rejected: 0 })
      expect(results.pipeline?.outcome).toBe('succeeded')
      expect(new Set(results.essays.map((essay) => essay.slot)).size).toBe(count)
      const originals = join(local.data, 'originals')
      expect(await findViolations({ owner: local.owner, quiet: true, originals })).toEqual([])
    } finally {
      await local.remove()
      await rm(place, { recursive: true, force: true })
    }
  },
  600_000,
)
