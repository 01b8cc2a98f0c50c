import type { Role } from '#contracts/identity.ts'

/** Of whose things: all of the school; what is one's own or shared with one; or only what one has made oneself. */
export type Whose = 'school' | 'own' | 'made'

/**
 * One row of the authorisation matrix. `open`: anyone who reaches the server. `signed-in`: anyone with an
 * identity, about themselves. `operator`: whoever is on this computer, else an administrator. Else which roles may, and of whose things; a role that is not named may not (403).
 */
export type AccessRow = 'open' | 'signed-in' | 'operator' | Partial<Record<Role, Whose>>

/** `METHOD /path` as it is registered → who may. A route without a row does not start. */
export type AccessTable = Readonly<Record<string, AccessRow>>

/** The roles that may, and of whose things, where a row names any. */
export const rightsOf = (row: Exclude<AccessRow, 'open' | 'signed-in'>): Partial<Record<Role, Whose>> =>
  row === 'operator' ? { admin: 'school' } : row
