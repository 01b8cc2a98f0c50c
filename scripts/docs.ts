import { writeFile } from 'node:fs/promises'
import { access } from '#apps/server/access.ts'
import { renderAccess } from '#apps/server/authorisation.ts'
import { listEvents, renderEvents } from '#apps/server/events.ts'
import { renderSettings } from '#platform/config/config.ts'

const write = (name: string, text: string): Promise<void> =>
  writeFile(new URL(`../docs/${name}`, import.meta.url), text)

await write('events.md', renderEvents(listEvents()))
await write('settings.md', renderSettings())
await write('authorisation.md', renderAccess(access))
