import { FileUploadId } from '#contracts/common.ts'
import type { Hop } from '#contracts/trace.ts'
import { RequestFailed, type Client } from './client.ts'
import { findFile, print, printJson, withClient } from './connect.ts'
import { fromHere, type DataFlags } from './flags.ts'
import { showName, table } from './terminal.ts'
import { CommandFailed } from './trouble.ts'

const inSeconds = (milliseconds: number | null): string =>
  milliseconds === null
    ? ''
    : milliseconds < 1000
      ? `${Math.round(milliseconds)} ms`
      : `${(milliseconds / 1000).toFixed(1)} s`

const hopsTable = (hops: readonly Hop[]): string =>
  table(
    ['Time', 'Service', 'Event', 'After its cause'],
    hops.map((hop) => [
      hop.at.slice(11, 23),
      hop.service,
      hop.event.split('.')[1] ?? hop.event,
      inSeconds(hop.durationMs),
    ]),
  )

export const traceFile = (wanted: string, flags: DataFlags): Promise<void> =>
  withClient(flags, async (client) => {
    const found = await findAnywhere(client, wanted)
    if (found === null) return traceCorrelation(client, wanted, flags)
    const trace = await client.getTrace(found.id)
    if (flags.json) return printJson(trace)
    print(`${showName(found.name)} (${trace.fileUploadId}) is ${trace.state}.`)
    if (found.error) print(`${found.error.message} ${found.error.remedy}`)
    print('')
    print(hopsTable(trace.hops))
    print('')
    if (trace.expects === null) print('Nothing is expected next: this file waits for nobody.')
    else
      print(
        `Expected next: ${trace.expects.event} by the service ${trace.expects.service}, due ${trace.expects.dueAt.slice(11, 19)}${trace.expects.overdue ? ': OVERDUE. Look at: assay doctor' : ''}; waiting since ${trace.hops.at(-1)?.at.slice(11, 23) ?? 'the upload'}.`,
      )
  })

async function findAnywhere(
  client: Client,
  wanted: string,
): Promise<{ id: string; name: string; error?: { message: string; remedy: string } | undefined } | null> {
  if (FileUploadId.safeParse(wanted).success) {
    try {
      return { id: (await client.getTrace(wanted)).fileUploadId, name: wanted }
    } catch (error) {
      if (error instanceof RequestFailed && error.status === 404) return null
      throw error
    }
  }
  // A path is known by its name: `essays/maria.docx` was taken as `maria.docx`.
  const names = [wanted, fromHere(wanted).split('/').at(-1) ?? wanted]
  for await (const batch of client.listBatches())
    for (const name of names) {
      const file = await findFile(client, batch.batchId, name)
      if (file) return { id: file.fileUploadId, name: file.fileName, error: file.error }
    }
  return null
}

async function traceCorrelation(client: Client, wanted: string, flags: DataFlags): Promise<void> {
  const found = await client.getCorrelation(wanted).catch((error: unknown) => {
    if (error instanceof RequestFailed && error.status === 404) return null
    throw error
  })
  if (!found)
    throw new CommandFailed(
      `No batch has a file "${wanted}", and nothing was set off under that id. Names are matched exactly; see them with: assay status`,
      1,
    )
  if (flags.json) for (const hop of found.hops) printJson(hop)
  else print(hopsTable(found.hops))
}
