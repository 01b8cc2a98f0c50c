import { spawn } from 'node:child_process'

/** The program that opens an address where this computer has a screen, and someone sits before it; else null. */
export function browserOpener(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
  isTerminal: boolean,
): string[] | null {
  if (!isTerminal || environment.CI) return null
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['cmd', '/c', 'start', '']
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? ['xdg-open'] : null
}

/** Shows the app. A browser that does not open is no trouble: the address stands in the terminal. */
export function openBrowser(url: string): void {
  const [program, ...rest] = browserOpener(process.platform, process.env, process.stderr.isTTY === true) ?? []
  if (program === undefined) return
  const child = spawn(program, [...rest, url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
