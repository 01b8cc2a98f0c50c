// Apart from the shapes, so that a page that speaks to the socket need not bring a validator with it.

/** Why the server closed a socket. */
export const closeCodes = {
  goingAway: 1001,
  frameTooLarge: 1009,
  badFrames: 4400,
  notAuthenticated: 4401,
  replaced: 4409,
  tooSlow: 4413,
  tooManyFrames: 4429,
  revoked: 4440,
} as const

/** The one subprotocol of the socket. */
export const subprotocol = 'assay.v1'
