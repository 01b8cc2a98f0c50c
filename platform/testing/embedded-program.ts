// A program for tests to kill: starts the database in the folder it is given, prints where it is, and stays.
import { startEmbedded } from '#platform/database/embedded.ts'

const server = await startEmbedded(process.argv[2] as string)
console.log(
  JSON.stringify({ pid: server.pid, port: server.port, adopted: server.adopted, appUrl: server.appUrl }),
)
if (process.argv[3] === 'stop') await server.stop()
else setInterval(() => {}, 1000)
