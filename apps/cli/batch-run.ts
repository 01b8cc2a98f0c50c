import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, realpath, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { BatchView } from '#contracts/batches.ts'
import { renderReport } from '#apps/server/offline.ts'
import type { BatchResults, FileView, RunView } from '#contracts/results.ts'
import { RequestFailed, type Client } from './client.ts'
import { watchRun } from './progress.ts'
import { walk, type Found, type LeftOut } from './walk.ts'

export interface RunWish {
  /** Where the batches of folders are remembered: the data folder. */
  data: string
  paths: readonly string[]
  title?: string | undefined
  capacity?: number | undefined
  phases?: string[] | undefined
  prompt?: string | undefined
  locale?: string | undefined
  /** The sample class, which the app shows as an example. */
  example?: boolean | undefined
  limits: { fileBytes: number; archiveBytes: number }
}

export interface RunReport {
  batch: BatchView
  run: RunView | null
  files: FileView[]
  leftOut: LeftOut[]
  /** How many files were sent this time; the rest was known already. */
  sent: number
}

/** Files of one request: enough to share a commit, few enough that the first are being read while others are sent. */
const perRequest = { files: 64, bytes: 32 * 1024 * 1024 }

/** Takes what is new or changed, runs the phases, and returns when the run has ended. */
export async function runFolder(
  client: Client,
  wish: RunWish,
  say: (line: string) => void,
): Promise<RunReport> {
  const { files, leftOut } = await walk(wish.paths, wish.limits)
  for (const left of leftOut) if (left.kind === 'skipped') say(`left out: ${left.name} ${left.reason}`)
  const batch = await findOrCreateBatch(client, wish, files.length)
  if (batch === null) return { batch: emptyBatch, run: null, files: [], leftOut, sent: 0 }
  const known = await knownFiles(client, batch.batchId)
  const sent = await sendNew(client, batch.batchId, files, known)
  const latest = (await client.getResults(batch.batchId, 'summary')).pipeline
  const ended =
    sent === 0 && latest !== null && isEnough(latest, wish.phases)
      ? await watchRun(client, batch.batchId, latest.runId, say)
      : await runNow(client, batch.batchId, wish.phases, say)
  const all: FileView[] = []
  for await (const file of client.listFiles(batch.batchId)) all.push(file)
  return { batch: await client.getBatch(batch.batchId), run: ended, files: all, leftOut, sent }
}

/** Nothing is new: a run that went well, or is under way since the program was killed, is the run wanted. */
const isEnough = (run: NonNullable<BatchResults['pipeline']>, phases?: readonly string[]): boolean =>
  run.outcome !== 'failed' &&
  run.outcome !== 'cancelled' &&
  (phases ?? []).every((phase) => run.phases.some(({ name }) => name === phase))

async function runNow(
  client: Client,
  batchId: string,
  phases: string[] | undefined,
  say: (line: string) => void,
): Promise<RunView | null> {
  const runId = await startOrJoin(client, batchId, phases)
  return runId === null ? null : watchRun(client, batchId, runId, say)
}

const emptyBatch = { batchId: '' } as unknown as BatchView

/** A folder's batch is remembered by its real path; single files make a batch of their own each time. */
async function findOrCreateBatch(
  client: Client,
  wish: RunWish,
  fileCount: number,
): Promise<BatchView | null> {
  const folder =
    wish.paths.length === 1 && (await stat(wish.paths[0]!)).isDirectory()
      ? await realpath(wish.paths[0]!)
      : null
  const place = join(wish.data, 'folders.json')
  const folders = await readJson(place)
  const remembered = folder === null ? undefined : folders[folder]
  if (remembered !== undefined) {
    const batch = await client.getBatch(remembered).catch((error: unknown) => {
      if (error instanceof RequestFailed && error.status === 404) return null
      throw error
    })
    if (batch) return batch
  }
  if (fileCount === 0) return null
  const title = wish.title ?? (folder === null ? basename(wish.paths[0]!) : basename(folder))
  const batch = await client.createBatch(
    {
      title: title.slice(0, 200) || 'Essays',
      ...(wish.capacity === undefined ? {} : { capacity: wish.capacity }),
      ...(wish.phases === undefined ? {} : { phases: wish.phases }),
      ...(wish.prompt === undefined ? {} : { prompt: wish.prompt }),
      ...(wish.locale === undefined ? {} : { locale: wish.locale }),
      ...(wish.example ? { example: true } : {}),
    },
    // Killed between the answer and the note of it, the next start gets the same batch again.
    folder === null
      ? undefined
      : `folder-${createHash('sha256')
          .update(folder)
          .update(remembered ?? '')
          .digest('hex')
          .slice(0, 32)}`,
  )
  if (folder !== null) await writeJson(place, { ...folders, [folder]: batch.batchId })
  return batch
}

/** The batch of this folder was made at an earlier start, and is gone since. */
export async function wasRemoved(client: Client, data: string, folder: string): Promise<boolean> {
  const remembered = (await readJson(join(data, 'folders.json')))[await realpath(folder)]
  if (remembered === undefined) return false
  return client.getBatch(remembered).then(
    () => false,
    (error: unknown) => {
      if (error instanceof RequestFailed && error.status === 404) return true
      throw error
    },
  )
}

async function readJson(path: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, string>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

async function writeJson(path: string, value: object): Promise<void> {
  const fresh = `${path}.${process.pid}`
  const handle = await open(fresh, 'w', 0o600)
  await handle.writeFile(JSON.stringify(value, null, 2))
  await handle.sync()
  await handle.close()
  await rename(fresh, path)
}

/** By name, newest last: a removed file counts as known, because somebody removed it on purpose. */
async function knownFiles(client: Client, batchId: string): Promise<Map<string, FileView[]>> {
  const known = new Map<string, FileView[]>()
  for await (const file of client.listFiles(batchId)) {
    const name = file.archive ?? file.fileName
    known.set(name, [...(known.get(name) ?? []), file])
  }
  return known
}

async function sendNew(
  client: Client,
  batchId: string,
  files: readonly Found[],
  known: ReadonlyMap<string, FileView[]>,
): Promise<number> {
  let sent = 0
  let group: Found[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    if (group.length > 0) await client.upload(batchId, group)
    sent += group.length
    group = []
    bytes = 0
  }
  for (const file of files) {
    const before = known.get(file.name)
    if (before) {
      // Members of an archive are known by the archive's name; a changed archive is taken as new files.
      const hash = await hashOf(file.path)
      if (
        before.some(
          (view) => view.sha256 === hash || (view.archive !== undefined && view.state !== 'removed'),
        )
      )
        continue
      const live = before.findLast((view) => view.state !== 'removed')
      if (live) {
        await client.replace(live.fileUploadId, file)
        sent += 1
        continue
      }
    }
    group.push(file)
    bytes += file.sizeBytes
    if (group.length >= perRequest.files || bytes >= perRequest.bytes) await flush()
  }
  await flush()
  return sent
}

async function hashOf(path: Buffer): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** A run that was under way when the program was killed goes on by itself: it is joined, and followed by ours. */
export async function startOrJoin(
  client: Client,
  batchId: string,
  phases?: string[],
): Promise<string | null> {
  for (;;) {
    try {
      return (await client.startRun(batchId, phases ? { phases } : {})).runId
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
      if (error.code === 'nothing-to-run') return null
      if (error.code !== 'run-in-progress') throw error
      await watchRun(client, batchId, String(error.details.runId), () => {})
    }
  }
}

/** The read model follows the log: it is asked until it has heard of the end of every check. */
async function settledResults(client: Client, batchId: string): Promise<BatchResults> {
  for (let tries = 0; ; tries++) {
    const results = await client.getResults(batchId)
    const open = results.essays.some(({ spelling, language }) =>
      [spelling.status, language.status].some((s) => s === 'pending' || s === 'running'),
    )
    if (!open || results.pipeline?.outcome === 'cancelled' || tries === 100) return results
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Writes the report, the results and their table; each file is whole or not there. */
export async function writeOutputs(
  client: Client,
  batchId: string,
  out: string,
  leftOut: readonly LeftOut[] = [],
): Promise<{ report: string; results: BatchResults }> {
  await mkdir(out, { recursive: true })
  const results = await settledResults(client, batchId)
  const write = async (name: string, content: string | Buffer): Promise<void> => {
    const fresh = join(out, `.${name.replaceAll('/', '-')}.${process.pid}`)
    const handle = await open(fresh, 'w')
    await handle.writeFile(content)
    await handle.close()
    await rename(fresh, join(out, name))
  }
  await write('results.json', `${JSON.stringify(results, null, 2)}\n`)
  await write('results.csv', await client.getExport(batchId, 'csv'))
  const { index, essays } = renderReport(results, {
    generatedAt: new Date().toISOString(),
    leftOut: leftOut.filter((left) => left.kind === 'rejected'),
  })
  if (essays.length > 0) await mkdir(join(out, 'report'), { recursive: true })
  for (const essay of essays) await write(essay.fileName, essay.html)
  await write('report.html', index)
  return { report: join(out, 'report.html'), results }
}
