// Writes docs/schema.sql from a freshly migrated database; with --check says whether it is up to date.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '#platform/database/migrations.ts'
import { withClient } from '#platform/database/roles.ts'
import { dumpSchema } from '#platform/database/schema-dump.ts'
import { startTestServer } from '#platform/testing/test-server.ts'

const path = join(projectRoot, 'docs/schema.sql')
const server = await startTestServer()
try {
  const text = await withClient(server.ownerUrl(await server.createDatabase()), dumpSchema)
  const before = await readFile(path, 'utf8').catch(() => '')
  if (before === text) console.log('docs/schema.sql is up to date')
  else if (process.argv.includes('--check')) {
    console.error(
      'docs/schema.sql is not the schema that the migrations make: run `npm run schema` and commit it',
    )
    process.exitCode = 1
  } else {
    await writeFile(path, text)
    console.log('docs/schema.sql is written anew')
  }
} finally {
  await server.remove()
}
