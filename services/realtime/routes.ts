import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import websocket from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { subprotocol } from '#contracts/realtime.ts'
import { AppError } from '#platform/errors.ts'
import type { Authenticate, Principal } from '#platform/http/http.ts'
import type { Hub } from './hub.ts'

const mostBytes = 64 * 1024
/** How long sockets may take to say goodbye when the program ends. */
const goodbyeMs = 1000

/**
 * The socket's door. What is wrong with the request is said before the upgrade, as a problem: a foreign page (403,
 * by the server's own rule), another protocol (400), an `Authorization` header that is not good (401).
 */
export async function openSocketDoor(
  app: FastifyInstance,
  hub: Hub,
  authenticate: Authenticate,
): Promise<void> {
  const coming = watchComing(app)
  await app.register(websocket, {
    options: {
      perMessageDeflate: false,
      maxPayload: mostBytes,
      handleProtocols: () => subprotocol,
    },
    // `ws` has told the client already, and closes.
    errorHandler: () => {},
    preClose(this: FastifyInstance, done) {
      hub.stop()
      void closeAll(this.websocketServer)
        .finally(coming.end)
        .then(() => done(), done)
    },
  })
  // Refused before the plugin saw it, its socket would stay open for ever: nobody reads from it any more.
  app.addHook('onResponse', async (request) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroySoon()
  })
  /** When the looking at a request's credential began: what is revoked from then on counts. */
  const lookedAt = new WeakMap<FastifyRequest, number>()
  app.get(
    '/realtime',
    {
      websocket: true,
      preValidation: async (request) => {
        refuseOtherProtocols(request)
        lookedAt.set(request, Date.now())
        request.principal = await identify(request, authenticate)
      },
    },
    (socket, request) => {
      coming.arrived(request.raw.socket)
      letGo(socket, request)
      hub.add(socket, request.principal, lookedAt.get(request) ?? 0)
    },
  )
}

/**
 * Connections that asked for a socket and have none yet: no server of HTTP knows of them any more. One that comes
 * back while the program says goodbye is refused, read by nobody, and would keep the program from ending for ever.
 */
function watchComing(app: FastifyInstance) {
  const waiting = new Set<Duplex>()
  let ended = false
  app.server.prependListener('upgrade', (_request, connection: Duplex) => {
    if (ended) {
      connection.destroy()
      return
    }
    waiting.add(connection)
    connection.once('close', () => waiting.delete(connection))
  })
  return {
    arrived: (connection: Duplex): boolean => waiting.delete(connection),
    end(): void {
      ended = true
      for (const connection of waiting) connection.destroy()
    },
  }
}

const ignore = (): void => {}

/** The request and its answer would be held as long as the socket: 8 KiB for each. */
function letGo(socket: WebSocket, request: FastifyRequest): void {
  socket.removeAllListeners('error')
  socket.on('error', ignore)
  const tcp = request.raw.socket as Socket & { _httpMessage?: ServerResponse }
  tcp._httpMessage?.detachSocket(tcp)
}

function refuseOtherProtocols(request: FastifyRequest): void {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  if (request.ws && offered.includes(subprotocol)) return
  throw new AppError(
    'bad-request',
    `This is a WebSocket that speaks ${subprotocol}. Connect with that subprotocol; see docs/live-updates.md.`,
  )
}

/** Null: the first frame will say. A cookie that is no longer good is as none: the client is told by a close code. */
async function identify(request: FastifyRequest, authenticate: Authenticate): Promise<Principal | null> {
  const { authorization, cookie, origin } = request.headers
  if (authorization !== undefined) return authenticate(request.headers)
  if (cookie === undefined) return null
  const principal = await authenticate(request.headers).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not-authenticated') return null
    throw error
  })
  if (principal && origin === undefined)
    throw new AppError(
      'not-allowed',
      'A cookie counts only together with the Origin of a page of this server.',
    )
  return principal
}

async function closeAll(server: FastifyInstance['websocketServer']): Promise<void> {
  const closed = [...server.clients].map(
    (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
  )
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, goodbyeMs)))
  await Promise.race([Promise.all(closed), late])
  clearTimeout(timer)
  for (const socket of server.clients) socket.terminate()
  server.close()
}
