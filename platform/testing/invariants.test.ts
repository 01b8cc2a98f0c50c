import { expect, test } from 'vitest'
import { testDatabase } from './databases.ts'
import { findViolations } from './invariants.ts'

test('an empty database violates nothing', async () => {
  const testing = await testDatabase()
  try {
    expect(await findViolations({ owner: testing.ownerPool, quiet: true })).toEqual([])
  } finally {
    await testing.drop()
  }
})
