import { createLog } from '#platform/observability/log.ts'
import type { Config } from '#platform/config/config.ts'
import { openDataFolder, type DataFolder, type RunningServer } from '#platform/data-folder/data-folder.ts'
import { startEmbedded, type EmbeddedDatabase } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { externalAddresses } from '#platform/database/roles.ts'
import { requireFreePort } from './port.ts'
import { startServer } from './server.ts'

/** The program on its data folder: ours, or one that serves the folder already. */
export interface Local {
  url: string
  token: string
  /** The program that was there before us; null when this process serves the folder. */
  running: RunningServer | null
  stop(): Promise<void>
}

/**
 * Serves the data folder, or finds who does. Everything that was acknowledged by a program that was killed here
 * is still there: its database is adopted or started, and what it had begun goes on.
 */
export async function openLocal(config: Config): Promise<Local> {
  const folder = await openDataFolder(config.data)
  const token = folder.ownerToken
  if (!config.services.includes('files')) return openBeside(config, folder)
  const running = await folder.readServer()
  if (running) return found(running, token)
  if (!(await folder.claim({ waitMilliseconds: 15_000 }))) {
    const other = await folder.readServer()
    if (other) return found(other, token)
    throw new Error(
      `The data folder ${folder.path} is in use by process ${await folder.findHolder()}. Wait for it to end, or give another folder with --data.`,
    )
  }
  const log = createLog({ level: config.logLevel })
  let embedded: EmbeddedDatabase | null = null
  try {
    await requireFreePort(config.port)
    if (!config.databaseUrl)
      embedded = await startEmbedded(folder.path, {
        onEvent: (event) =>
          log[event.type === 'died' || event.type === 'restart-failed' ? 'warn' : 'info'](
            { ...event },
            'database',
          ),
      })
    const { appUrl, ownerUrl } =
      embedded ?? (await externalAddresses(config.databaseUrl ?? '', config.databaseOwnerUrl))
    await migrate(ownerUrl)
    const server = await startServer({
      config: { ...config, data: folder.path },
      connectionString: appUrl,
      ownerToken: token,
      secret: config.secret ?? folder.authSecret,
      installationId: folder.installationId,
      log,
    })
    await folder.announce({ port: server.port, url: server.url, database: { ownerUrl, appUrl } })
    return {
      url: `http://127.0.0.1:${server.port}`,
      token,
      running: null,
      async stop() {
        await server.stop()
        await embedded?.stop()
        await folder.release()
      },
    }
  } catch (error) {
    await embedded?.stop()
    await folder.release()
    throw error
  }
}

/**
 * A process without the originals does not own the folder: it stands beside the one that does, on the same
 * database, and takes only the folder's secrets.
 */
async function openBeside(config: Config, folder: DataFolder): Promise<Local> {
  await requireFreePort(config.port)
  const beside = config.databaseUrl ? null : await folder.readServer()
  if (!config.databaseUrl && !beside)
    throw new Error(
      `A process that runs only ${config.services.join(', ')} needs a database that others use too. Give DATABASE_URL, or start the program on ${folder.path} first.`,
    )
  const { appUrl, ownerUrl } =
    beside?.database ?? (await externalAddresses(config.databaseUrl ?? '', config.databaseOwnerUrl))
  await migrate(ownerUrl)
  const server = await startServer({
    config: { ...config, data: folder.path },
    connectionString: appUrl,
    ownerToken: folder.ownerToken,
    secret: config.secret ?? folder.authSecret,
    log: createLog({ level: config.logLevel }),
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    token: folder.ownerToken,
    running: null,
    stop: () => server.stop(),
  }
}

const found = (running: RunningServer, token: string): Local => ({
  url: running.url.replace('localhost', '127.0.0.1'),
  token,
  running,
  stop: async () => {},
})
