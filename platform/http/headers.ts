import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { isBehindTls, type Addresses } from './origins.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** Lets the style tags of this one answer through its content security policy. */
    readonly cspNonce: string
  }
}

/** Parts of the browser that no page of ours uses. */
const permissions =
  'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()'
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
/** The documentation's pages bring their scripts as files, and style themselves. */
export const documentationPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"
const year = 31_536_000

/**
 * What every answer says to a browser. An answer that sets a header itself keeps its own: downloads and the
 * documentation's pages have policies of their own.
 */
export function addSecurityHeaders(app: FastifyInstance, addresses: Addresses): void {
  const nonces = new WeakMap<object, string>()
  app.decorateReply('cspNonce', {
    getter() {
      let nonce = nonces.get(this)
      if (nonce === undefined) nonces.set(this, (nonce = randomBytes(18).toString('base64')))
      return nonce
    },
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'permissions-policy': permissions,
      'cross-origin-opener-policy': 'same-origin',
      // Pages of the allowed origins read answers through CORS, which this leaves alone.
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    })
    if (isBehindTls(addresses))
      reply.header('strict-transport-security', `max-age=${year}; includeSubDomains`)
    if (request.url.startsWith('/api/')) reply.header('content-security-policy', dataPolicy)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (!reply.hasHeader('content-security-policy'))
      reply.header('content-security-policy', pagePolicy(reply.cspNonce, request.headers.host ?? ''))
    return payload
  })
}

/** `host` is one that has been let through: the socket's address is not covered by 'self' in every browser. */
const pagePolicy = (nonce: string, host: string): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    `connect-src 'self'${/^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : ''}`,
    "img-src 'self' data: blob:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ')
