import { createPostgresBus } from '#platform/bus/postgres-bus.ts'
import type { Config } from '#platform/config/config.ts'
import { openDataFolder } from '#platform/data-folder/data-folder.ts'
import { openDatabase } from '#platform/database/database.ts'
import { startEmbedded, type EmbeddedDatabase } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { externalAddresses } from '#platform/database/roles.ts'
import { createLog } from '#platform/observability/log.ts'
import { openAdministration, type Administration } from '#services/identity/service.ts'

export type { Administration } from '#services/identity/service.ts'

/**
 * Does `work`, which is told where people open the program, on the database of the data folder itself, beside a server that runs or, when none does, with the
 * database started for its duration. Who may open the folder may do so.
 */
export async function withAdministration<T>(
  config: Config,
  work: (administration: Administration, url: string) => Promise<T>,
): Promise<T> {
  const own = config.publicUrl ? new URL(config.publicUrl).origin : null
  const folder = await openDataFolder(config.data)
  const running = await folder.readServer()
  if (running) return onDatabase(config, running.database.appUrl, (desk) => work(desk, own ?? running.url))
  if (!(await folder.claim({ waitMilliseconds: 30_000 }))) {
    const other = await folder.readServer()
    if (other) return onDatabase(config, other.database.appUrl, (desk) => work(desk, own ?? other.url))
    throw new Error(
      `The data folder ${folder.path} is in use by process ${await folder.findHolder()}. Wait for it to end and try again.`,
    )
  }
  let embedded: EmbeddedDatabase | null = null
  try {
    if (!config.databaseUrl) embedded = await startEmbedded(folder.path)
    const { appUrl, ownerUrl } =
      embedded ?? (await externalAddresses(config.databaseUrl ?? '', config.databaseOwnerUrl))
    await migrate(ownerUrl)
    return await onDatabase(config, appUrl, (desk) => work(desk, own ?? `http://localhost:${config.port}`))
  } finally {
    await embedded?.stop()
    await folder.release()
  }
}

async function onDatabase<T>(
  config: Config,
  appUrl: string,
  work: (administration: Administration) => Promise<T>,
): Promise<T> {
  const database = openDatabase(appUrl, { max: 1 })
  const bus = createPostgresBus({
    database,
    logger: createLog({ level: config.logLevel }),
    applicationName: 'assay-administration',
  })
  const administration = openAdministration(appUrl, bus)
  try {
    return await work(administration)
  } finally {
    await administration.close()
    await database.close()
  }
}
