import type { FastifyRequest } from 'fastify'
import { addressHeader } from './fixed.ts'

/** Headers of the client that better-auth is told. */
const passedOn = [
  'cookie',
  'origin',
  'referer',
  'user-agent',
  'accept',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
]

/** What better-auth may know of a request; the address is what the server itself takes it for. */
export function headersFor(request: FastifyRequest): Headers {
  const headers = new Headers()
  for (const name of passedOn) {
    const value = request.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  headers.set(addressHeader, request.ip)
  return headers
}
