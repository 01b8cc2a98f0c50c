import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { access } from './access.ts'
import { renderAccess } from './authorisation.ts'

test('docs/authorisation.md is what the authorisation matrix says', async () => {
  const committed = await readFile(new URL('../../docs/authorisation.md', import.meta.url), 'utf8')
  expect(committed).toBe(renderAccess(access))
})
