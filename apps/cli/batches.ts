import type { FileView } from '#contracts/results.ts'
import { startOrJoin } from './batch-run.ts'
import { findBatch, findFile, print, printJson, say, withClient } from './connect.ts'
import { configOf, fromHere, type DataFlags } from './flags.ts'
import { countsLine, watchRun } from './progress.ts'
import { filesTable, resultsTable } from './tables.ts'
import { showName } from './terminal.ts'
import { CommandFailed } from './trouble.ts'
import { walk } from './walk.ts'

export const addFiles = (wanted: string, paths: string[], flags: DataFlags): Promise<void> =>
  withClient(flags, async (client) => {
    const config = configOf(flags)
    const batch = await findBatch(client, wanted)
    const { files, leftOut } = await walk(paths.map(fromHere), {
      fileBytes: config.maxFileBytes,
      archiveBytes: config.maxArchiveBytes,
    })
    for (const left of leftOut)
      say(
        `${left.kind === 'skipped' ? 'left out' : 'rejected'}: ${showName(left.name)} ${left.reason}. ${left.remedy}`,
      )
    if (files.length === 0) throw new CommandFailed('Nothing was added: there is no file to read there.')
    const rejected: string[] = []
    for (let i = 0; i < files.length; i += 64)
      for (const item of (await client.upload(batch.batchId, files.slice(i, i + 64))).items) {
        if (item.error)
          rejected.push(`${showName(item.fileName)}: ${item.error.message} ${item.error.remedy}`)
        if (flags.json) printJson(item)
        else print(`${item.fileUploadId}  ${showName(item.fileName)}  ${item.state}`)
      }
    for (const line of rejected) say(line)
    if (rejected.length + leftOut.filter((left) => left.kind === 'rejected').length > 0) process.exitCode = 2
  })

export const removeFile = (wanted: string, name: string, flags: DataFlags): Promise<void> =>
  withClient(flags, async (client) => {
    const batch = await findBatch(client, wanted)
    const file = await findFile(client, batch.batchId, name)
    if (!file)
      throw new CommandFailed(
        `There is no file "${name}" in the batch "${batch.title}". See its files with: assay status ${batch.batchId}`,
        1,
      )
    await client.removeFile(file.fileUploadId)
    if (flags.json) printJson({ fileUploadId: file.fileUploadId, state: 'removed' })
    else print(`${showName(file.fileName)} is removed. Its slot is kept for it for ten seconds.`)
  })

export const showStatus = (wanted: string, flags: DataFlags & { watch?: boolean }): Promise<void> =>
  withClient(flags, async (client) => {
    let batch = await findBatch(client, wanted)
    let { pipeline } = await client.getResults(batch.batchId, 'summary')
    if (flags.watch && pipeline && pipeline.outcome === null)
      await watchRun(client, batch.batchId, pipeline.runId, say)
    if (flags.watch) {
      batch = await client.getBatch(batch.batchId)
      pipeline = (await client.getResults(batch.batchId, 'summary')).pipeline
    }
    const files: FileView[] = []
    for await (const file of client.listFiles(batch.batchId)) files.push(file)
    if (flags.json) {
      printJson({ ...batch, pipeline })
      for (const file of files) printJson(file)
      return
    }
    print(`${batch.title} (${batch.batchId}) is ${batch.state}.`)
    print(countsLine(batch.counts))
    if (pipeline)
      for (const phase of pipeline.phases)
        print(
          `${phase.name}: ${phase.outcome ?? phase.stage}; ${phase.succeeded} succeeded, ${phase.failed} failed, ${phase.pending} pending${phase.pruned ? `, ${phase.pruned} known already` : ''}`,
        )
    print('')
    print(filesTable(files))
  })

export const retryBatch = (wanted: string, flags: DataFlags & { failed?: boolean }): Promise<void> =>
  withClient(flags, async (client) => {
    const batch = await findBatch(client, wanted)
    let essays: string[] | undefined
    if (flags.failed) {
      const results = await client.getResults(batch.batchId, 'summary')
      essays = results.essays
        .filter(({ spelling, language }) => spelling.status === 'failed' || language.status === 'failed')
        .map((essay) => essay.essayId)
      if (essays.length === 0) {
        print('No essay of this batch has a failed phase. Rejected files are not retried: replace them.')
        return
      }
    }
    const runId = essays
      ? (await client.startRun(batch.batchId, { essays })).runId
      : await startOrJoin(client, batch.batchId)
    if (runId === null)
      throw new CommandFailed('There is no file in this batch yet. Add files with: assay add')
    const run = await watchRun(client, batch.batchId, runId, say)
    if (flags.json) printJson(run)
    else
      print(
        `The run ${run.outcome === 'succeeded' ? 'succeeded' : `ended as ${run.outcome}`}.${run.reason ? ` ${run.reason}` : ''}`,
      )
    if (run.outcome !== 'succeeded') process.exitCode = run.outcome === 'failed' ? 3 : 2
  })

export const showResults = (
  wanted: string,
  flags: DataFlags & { format: 'table' | 'csv' | 'json' },
): Promise<void> =>
  withClient(flags, async (client) => {
    const batch = await findBatch(client, wanted)
    if (flags.format === 'csv') process.stdout.write(await client.getExport(batch.batchId, 'csv'))
    else {
      const results = await client.getResults(batch.batchId)
      if (flags.format === 'json') printJson(results)
      else print(resultsTable(results))
    }
  })
