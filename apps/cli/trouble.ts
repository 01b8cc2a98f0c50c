import { CommanderError } from 'commander'
import { ConfigError } from '#platform/config/config.ts'
import { RequestFailed } from './client.ts'

/** 0 all done, 1 usage, 2 some files rejected, failed or without a slot, 3 nothing done. */
export type ExitCode = 0 | 1 | 2 | 3

/** Thrown by a command: a sentence with the thing, the reason and the remedy, and the exit code. */
export class CommandFailed extends Error {
  override name = 'CommandFailed'
  readonly exitCode: ExitCode
  constructor(message: string, exitCode: ExitCode = 3) {
    super(message)
    this.exitCode = exitCode
  }
}

/** What a person reads of an error, and the exit code it ends with. */
export function explain(error: unknown): { text: string; exitCode: ExitCode } {
  // Commander has written its own sentence.
  if (error instanceof CommanderError) return { text: '', exitCode: error.exitCode === 0 ? 0 : 1 }
  if (error instanceof ConfigError) return { text: error.message, exitCode: 1 }
  if (error instanceof CommandFailed) return { text: error.message, exitCode: error.exitCode }
  if (error instanceof RequestFailed) return { text: error.message, exitCode: 3 }
  if (error instanceof Error) {
    const code = (error as NodeJS.ErrnoException).code
    const path = (error as NodeJS.ErrnoException).path
    if (code === 'ENOENT' && path)
      return { text: `There is no file or folder at ${path}. Check the spelling of the path.`, exitCode: 1 }
    if (code === 'EACCES' && path)
      return {
        text: `${path} may not be read by this user. Change its permissions, or run as its owner.`,
        exitCode: 1,
      }
    if (code === 'ENOSPC')
      return {
        text: 'The disk is full. Free some space and start again: what was acknowledged is kept.',
        exitCode: 3,
      }
    return { text: error.message, exitCode: 3 }
  }
  return { text: String(error), exitCode: 3 }
}
