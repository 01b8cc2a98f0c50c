import { fileURLToPath } from 'node:url'
import { openLocal, type Local } from '#apps/server/local.ts'
import { wasRemoved } from './batch-run.ts'
import { openBrowser } from './browser.ts'
import { Client } from './client.ts'
import { print, say } from './connect.ts'
import { configOf, fromHere, type DataFlags } from './flags.ts'
import { CommandFailed } from './trouble.ts'
import { runAndReport, type RunFlags } from './run.ts'

interface StartFlags extends RunFlags {
  exit?: boolean
  sample: boolean
  open?: boolean
}

const sampleFolder = fileURLToPath(new URL('../../samples/class', import.meta.url))

/** Serves; with the sample class or the user's folder taken first. A folder that is served already is used. */
export async function startWithFolder(dir: string | undefined, flags: StartFlags): Promise<void> {
  const config = configOf(flags)
  if (config.mode === 'server' && dir !== undefined)
    throw new CommandFailed(
      'A folder cannot be taken at the start of a server, because there a batch belongs to a person. Start with --no-sample, sign in, and drop the files on the page.',
      1,
    )
  const started = performance.now()
  say('Starting …')
  const local = await openLocal(config)
  const ended = untilToldToEnd(local)
  announce(local, performance.now() - started)
  if (config.openBrowser === 'yes' && flags.open !== false && !flags.exit && !flags.json)
    openBrowser(addressOf(local))
  try {
    // Without originals there is nothing to take files with: another process does.
    const takes = config.mode === 'laptop' && config.services.includes('files')
    if (takes && (dir !== undefined || flags.sample)) {
      const client = new Client(local.url, local.token)
      const folder = dir === undefined ? sampleFolder : fromHere(dir)
      const removed = dir === undefined && (await wasRemoved(client, config.data, folder))
      const sample = dir === undefined ? { title: 'Sample class', prompt: samplePrompt, example: true } : {}
      if (removed)
        say('The sample class was removed; it is not taken again. Your own folder: npm start -- FOLDER')
      else {
        if (dir === undefined) say('Taking the sample class. Your own folder: npm start -- FOLDER')
        const exitCode = await runAndReport(client, config, [folder], { ...flags, ...sample })
        if (flags.exit) process.exitCode = exitCode
      }
    }
  } catch (error) {
    await local.stop()
    throw error
  }
  if (flags.exit || local.running) return local.stop()
  say(`Serving on ${addressOf(local)} until Ctrl-C.`)
  await ended
}

const samplePrompt =
  'Should our school day start later? Write an article for the school magazine in which you argue your view.'

export async function serve(flags: DataFlags): Promise<void> {
  await startWithFolder(undefined, { ...flags, sample: false })
}

const addressOf = ({ url }: Local): string => url.replace('127.0.0.1', 'localhost')

function announce(local: Local, milliseconds: number): void {
  const address = addressOf(local)
  if (local.running)
    print(`This data folder is served already on ${address} by process ${local.running.pid}.`)
  else say(`Ready on ${address} after ${(milliseconds / 1000).toFixed(1)} s. The API: ${address}/api/docs`)
}

/** Resolves when the program was told to end and everything is put away; a second Ctrl-C ends it at once. */
function untilToldToEnd(local: Local): Promise<void> {
  return new Promise((resolve) => {
    let ending = false
    const end = (): void => {
      if (ending) process.exit(130)
      ending = true
      // A client that never lets go must not keep us: SIGTERM ends the program within ten seconds.
      setTimeout(() => process.exit(1), 9_500).unref()
      void local.stop().then(() => {
        resolve()
        process.exit(process.exitCode ?? 0)
      })
    }
    process.on('SIGINT', end)
    process.on('SIGTERM', end)
  })
}
