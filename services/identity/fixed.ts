// What the parts of identity agree on.

const day = 24 * 3600
/** Seconds. A session is not prolonged by use: two weeks after signing in one signs in again. */
export const sessionLifetime = 14 * day
/** Seconds. A key signs for a month; what it signed is verified a little longer than a JWT lives. */
export const keyRotation = 30 * day
export const keyGrace = 3600
/** Of JWTs. */
export const audience = 'assay'
/** Under which a request of ours tells better-auth where it came from; no client can set it. */
export const addressHeader = 'x-assay-address'
