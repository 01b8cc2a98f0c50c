import type { IncomingMessage } from 'node:http'

const loopback = /^(127\.|::1$|::ffff:127\.)/
/** A proxy on this computer says with one of these for whom it asks: not for somebody who sits here. */
const proxied = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const

/** True when the request comes straight from a program on this computer. */
export const isFromThisComputer = ({ socket, headers }: IncomingMessage): boolean =>
  loopback.test(socket.remoteAddress ?? '') && proxied.every((name) => headers[name] === undefined)
