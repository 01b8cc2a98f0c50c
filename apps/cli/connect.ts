import { openLocal, type Local } from '#apps/server/local.ts'
import type { BatchView } from '#contracts/batches.ts'
import type { FileView } from '#contracts/results.ts'
import { Client } from './client.ts'
import { configOf, type DataFlags } from './flags.ts'
import { CommandFailed } from './trouble.ts'

/** Progress and remarks go to stderr; stdout is for what was asked for. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`)
export const print = (line: string): void => void process.stdout.write(`${line}\n`)
export const printJson = (value: unknown): void => print(JSON.stringify(value))

/**
 * Speaks to the program that serves the data folder, or is that program for the time of one command. Ctrl-C
 * ends the command cleanly; what was acknowledged goes on with the next start.
 */
export async function withClient<T>(
  flags: DataFlags,
  work: (client: Client, local: Local) => Promise<T>,
): Promise<T> {
  const config = configOf(flags)
  const local = await openLocal({ ...config, port: 0 })
  const stop = async (): Promise<never> => {
    await local.stop()
    process.exit(130)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    return await work(new Client(local.url, local.token), local)
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    await local.stop()
  }
}

/** A batch by its id, by the beginning or end of it, by its title, or the latest. */
export async function findBatch(client: Client, wanted: string): Promise<BatchView> {
  const matches: BatchView[] = []
  for await (const batch of client.listBatches()) {
    if (wanted === 'latest' || batch.batchId === wanted) return batch
    if (
      batch.title === wanted ||
      (wanted.length >= 4 && (batch.batchId.startsWith(wanted) || batch.batchId.endsWith(wanted)))
    )
      matches.push(batch)
  }
  if (matches.length === 1) return matches[0]!
  if (matches.length > 1)
    throw new CommandFailed(
      `"${wanted}" names ${matches.length} batches. Give the id of one:\n${matches.map((batch) => `  ${batch.batchId}  ${batch.title}`).join('\n')}`,
      1,
    )
  throw new CommandFailed(
    wanted === 'latest'
      ? 'There is no batch yet. Make one with: assay run FOLDER'
      : `There is no batch "${wanted}". See them with: assay status`,
    1,
  )
}

/** A file of a batch by its id or its name; the newest that is not removed comes first. */
export async function findFile(client: Client, batchId: string, wanted: string): Promise<FileView | null> {
  let found: FileView | null = null
  for await (const file of client.listFiles(batchId)) {
    const names = [file.fileUploadId, file.fileName, file.fileName.split('/').at(-1)]
    if (names.includes(wanted) && (found === null || file.state !== 'removed' || found.state === 'removed'))
      found = file
  }
  return found
}
