// A program for tests to kill: claims the folder it is given at the moment it is given, says how that went, stays.
import { setTimeout as sleep } from 'node:timers/promises'
import { openDataFolder } from '#platform/data-folder/data-folder.ts'

const [path, at] = process.argv.slice(2) as [string, string]
await sleep(Math.max(0, Number(at) - Date.now()))
const folder = await openDataFolder(path)
const won = await folder.claim()
if (won) {
  const database = { ownerUrl: 'postgres://owner', appUrl: 'postgres://app' }
  await folder.announce({ port: 1234, url: 'http://127.0.0.1:1234', database })
}
console.log(JSON.stringify({ won, token: folder.ownerToken, id: folder.installationId }))
if (process.argv[4] === 'release') await folder.release()
else setInterval(() => {}, 1000)
