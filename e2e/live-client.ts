import { WebSocket, type ClientOptions } from 'ws'
import { subprotocol } from '#contracts/realtime.ts'
import { until } from './system.ts'

/** Any frame, or one notification of an array frame. */
export interface Frame extends Record<string, unknown> {
  type: string
  epoch?: string
  seq?: number
  data?: unknown
}

/** A bare socket that keeps what it was sent: what a client in any language sees. */
export interface LiveSocket {
  socket: WebSocket
  /** Everything received, arrays taken apart. */
  frames: Frame[]
  /** The texts as they came. */
  texts: string[]
  closed: Promise<{ code: number; reason: string }>
  /** 0 while open. */
  closeCode(): number
  send(frame: unknown): void
  sendText(text: string): void
  /** The first frame that fits, now or when it comes. */
  frame(fits: string | ((frame: Frame) => boolean), timeoutMs?: number): Promise<Frame>
  /** When the notification with this number has come. */
  notified(seq: number, timeoutMs?: number): Promise<Frame>
  /** The notifications received, in order of arrival. */
  notifications(): Frame[]
  end(): void
}

export interface Opening {
  token?: string
  headers?: Record<string, string>
  protocol?: string | string[]
  options?: ClientOptions
}

const ws = (url: string): string => `${url.replace(/^http/, 'ws')}/realtime`

/** Opens a socket with the token in its `Authorization` header; without one nobody has said who it is. */
export async function openLive(
  url: string,
  { token, headers, protocol, options }: Opening = {},
): Promise<LiveSocket> {
  const socket = new WebSocket(ws(url), protocol ?? subprotocol, {
    perMessageDeflate: false,
    ...options,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
  })
  const frames: Frame[] = []
  const texts: string[] = []
  let closeCode = 0
  socket.on('message', (data: Buffer) => {
    const text = data.toString()
    texts.push(text)
    frames.push(...([JSON.parse(text)].flat() as Frame[]))
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => {
      closeCode = code
      resolve({ code, reason: reason.toString() })
    }),
  )
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  const live: LiveSocket = {
    socket,
    frames,
    texts,
    closed,
    closeCode: () => closeCode,
    send: (frame) => socket.send(JSON.stringify(frame)),
    sendText: (text) => socket.send(text),
    async frame(fits, timeoutMs = 30_000) {
      const test = typeof fits === 'string' ? (frame: Frame) => frame.type === fits : fits
      await until(
        async () => frames.some(test) || closeCode !== 0,
        (there) => there,
        timeoutMs,
      ).catch(() => {})
      const found = frames.find(test)
      if (!found)
        throw new Error(
          `no such frame; closed with ${closeCode}; received ${JSON.stringify(frames.slice(-20))}`,
        )
      return found
    },
    notified: (seq, timeoutMs) => live.frame((frame) => 'id' in frame && frame.seq === seq, timeoutMs),
    notifications: () => frames.filter((frame) => 'id' in frame && typeof frame.seq === 'number'),
    end: () => socket.terminate(),
  }
  return live
}

/** The status of an upgrade that is refused; 101 when it is not. */
export function tryUpgrade(url: string, opening: Opening = {}): Promise<{ status: number; body: string }> {
  const { token, headers, protocol, options } = opening
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(ws(url), protocol ?? subprotocol, {
      ...options,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    })
    socket.on('open', () => {
      socket.terminate()
      resolve({ status: 101, body: '' })
    })
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      )
      response.on('error', reject)
    })
    socket.on('error', (error) => {
      if (!/Unexpected server response/.test(error.message)) reject(error)
    })
  })
}
