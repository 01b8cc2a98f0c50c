import { resolve } from 'node:path'
import { readConfig, type Config } from '#platform/config/config.ts'

/** Flags that every command with a data folder has. */
export interface DataFlags {
  data?: string
  port?: string
  mode?: string
  services?: string
  json?: boolean
}

/** npm runs scripts in the project's folder; paths are meant from where the user stands. */
export const fromHere = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path)

export const configOf = (flags: DataFlags): Config => {
  const { data, port, mode, services } = flags
  const config = readConfig({
    ...(data === undefined ? {} : { data: fromHere(data) }),
    port,
    mode,
    services,
  })
  return data === undefined ? { ...config, data: fromHere(config.data) } : config
}
