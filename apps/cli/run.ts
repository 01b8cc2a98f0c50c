import { basename, join } from 'node:path'
import type { Config } from '#platform/config/config.ts'
import { runFolder, writeOutputs, type RunReport } from './batch-run.ts'
import type { Client } from './client.ts'
import { print, printJson, say, withClient } from './connect.ts'
import { configOf, fromHere, type DataFlags } from './flags.ts'
import { countsLine } from './progress.ts'
import { resultsTable } from './tables.ts'
import { paint, showName } from './terminal.ts'
import type { ExitCode } from './trouble.ts'

export interface RunFlags extends DataFlags {
  out?: string
  capacity?: number
  phases?: string[]
  title?: string
  prompt?: string
  locale?: string
  example?: boolean
}

export const runBatch = async (paths: string[], flags: RunFlags): Promise<void> => {
  process.exitCode = await withClient(flags, (client) =>
    runAndReport(client, configOf(flags), paths.map(fromHere), flags),
  )
}

/** Runs a folder or files, writes the outputs, prints the table, and says what needs the teacher. */
export async function runAndReport(
  client: Client,
  config: Config,
  paths: readonly string[],
  flags: RunFlags,
): Promise<ExitCode> {
  const limits = { fileBytes: config.maxFileBytes, archiveBytes: config.maxArchiveBytes }
  const { capacity, phases, title, prompt, locale, example } = flags
  const report = await runFolder(
    client,
    { data: config.data, paths, limits, capacity, phases, title, prompt, locale, example },
    say,
  )
  if (report.files.length === 0) {
    sayLeftOut(report)
    say('Nothing was taken: there is no file to read there. Put essays into the folder, or name another.')
    return 3
  }
  const out =
    flags.out === undefined
      ? join(fromHere('out'), basename(paths[0] ?? 'essays').replace(/[^\p{L}\p{N}._-]+/gu, '-'))
      : fromHere(flags.out)
  const written = await writeOutputs(client, report.batch.batchId, out, report.leftOut)
  if (flags.json) for (const essay of written.results.essays) printJson(withoutText(essay))
  else print(`\n${resultsTable(written.results)}\n`)
  say(countsLine(report.batch.counts))
  if (report.sent === 0) say('Nothing was new since the last time: the report shows what exists.')
  const exitCode = sayWhatNeedsTheTeacher(report)
  say(`Report: ${written.report}`)
  return exitCode
}

const withoutText = ({
  text: _,
  ...essay
}: { text?: string | undefined } & Record<string, unknown>): object => essay

const sayLeftOut = (report: RunReport): number => {
  const rejected = report.leftOut.filter((left) => left.kind === 'rejected')
  for (const left of rejected)
    say(`${paint(process.stderr, 'red', 'rejected')}  ${showName(left.name)}: ${left.reason}. ${left.remedy}`)
  return rejected.length
}

/** Everything that is not well, each with its reason and what to do. */
function sayWhatNeedsTheTeacher(report: RunReport): ExitCode {
  let troubles = sayLeftOut(report)
  for (const file of report.files) {
    const name = showName(file.archive === undefined ? file.fileName : `${file.archive}: ${file.fileName}`)
    if (file.state === 'rejected' && file.error) {
      troubles += 1
      say(
        `${paint(process.stderr, 'red', 'rejected')}  ${name}: ${file.error.message} (${file.error.code}) ${file.error.remedy}`,
      )
    } else if (file.state === 'waiting-for-slot') {
      troubles += 1
      say(
        `${paint(process.stderr, 'yellow', 'no slot')}   ${name}: all ${report.batch.capacity} slots are taken. Remove a file, or make a batch with more slots; this one takes the next slot that frees.`,
      )
    } else if (file.duplicateOf !== undefined && file.state !== 'removed') {
      const first = report.files.find((other) => other.fileUploadId === file.duplicateOf)
      say(
        `${paint(process.stderr, 'yellow', 'duplicate')} ${name} has the same bytes as ${showName(first?.fileName ?? 'another file')}. Remove one of them if it is a mistake.`,
      )
    }
    for (const remark of file.remarks)
      say(`${paint(process.stderr, 'dim', 'remark')}    ${name}: ${remark.message}`)
  }
  if (report.run?.outcome === 'failed') say(`The run failed: ${report.run.reason ?? 'see assay status'}`)
  const failed = report.run?.phases.reduce((sum, phase) => sum + phase.failed, 0) ?? 0
  if (failed > 0)
    say(`${failed} checks failed. Run them again with: assay retry ${report.batch.batchId} --failed`)
  if (report.batch.counts.slotsUsed === 0) return 3
  return troubles + failed > 0 || report.run?.outcome === 'succeeded-with-failures' ? 2 : 0
}
