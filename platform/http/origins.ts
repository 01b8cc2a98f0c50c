// Under which addresses this server answers, and pages of which origins may speak to it.
// From the Fetch standard's definition of an origin: scheme, host and port, compared as one text.
// Says nothing of who asks: a page that may speak still needs an identity.

/** What decides whose pages may speak to this server. */
export interface Addresses {
  /** The port it listens on; known once it listens. */
  port: () => number
  /** `laptop`: reached over loopback only. `server`: also under its public address. */
  mode: 'laptop' | 'server'
  /** Where people reach it, when a proxy stands before it. */
  publicUrl?: string | undefined
  /** Further origins whose pages may speak to it. */
  origins: readonly string[]
}

const loopback = (port: number): string[] => [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]

/** True for a page of this server itself and for those of the settings; `null` and every look-alike are not. */
export const isAllowedOrigin = (addresses: Addresses, origin: string): boolean =>
  loopback(addresses.port()).some((host) => origin === `http://${host}`) ||
  (addresses.publicUrl !== undefined && origin === new URL(addresses.publicUrl).origin) ||
  addresses.origins.includes(origin)

/** True when `Host` names this server: a page elsewhere could else be made to speak to it (DNS rebinding). */
export function isOwnHost(addresses: Addresses, host: string): boolean {
  const named = host.toLowerCase()
  if (loopback(addresses.port()).includes(named)) return true
  if (addresses.mode === 'laptop') return false
  const known = [...addresses.origins, ...(addresses.publicUrl ? [addresses.publicUrl] : [])]
  return known.some((url) => new URL(url).host === named)
}

/** True when people reach the server over TLS. */
export const isBehindTls = (addresses: Addresses): boolean =>
  addresses.publicUrl?.startsWith('https://') ?? false

/** Whether a text is an origin as browsers send it: no path, no upper case, no default port. */
export const isOrigin = (text: string): boolean =>
  /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text
