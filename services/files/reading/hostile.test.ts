import { afterAll, describe, expect, test } from 'vitest'
import { hostileFiles } from './hostile-files.ts'
import { createReaderPool } from './reader-pool.ts'
import { defaultReadingLimits } from './reading.ts'

const pool = createReaderPool({ size: 1 })
afterAll(() => pool.close())

describe('the reader refuses', () => {
  test.each(hostileFiles)('$about', async ({ fileName, bytes, code }) => {
    const file = await bytes()
    const before = performance.now()
    const reading = await pool.read({ bytes: file, fileName })
    const took = performance.now() - before
    expect(reading).toMatchObject({ ok: false, error: { code } })
    if (!reading.ok) {
      expect(reading.error.message).toMatch(/^[A-Z].*\.$/)
      expect(reading.error.remedy).toMatch(/^[A-Z].*\.$/)
    }
    // None is left to the limit that kills, which stays for what nobody has thought of.
    expect(took).toBeLessThan(defaultReadingLimits.wallMs * 0.8)
    const next = await pool.read({ bytes: Buffer.from('The next file.'), fileName: 'next.txt' })
    expect(next).toMatchObject({ ok: true, text: 'The next file.' })
  })
})
