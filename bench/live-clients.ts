// Many sockets in a process of their own: says when all of them are open, and when each has had what it waits for.
import { WebSocket } from 'ws'
import { subprotocol } from '#contracts/realtime.ts'
import { now } from './live-server.ts'

export type ClientOrder =
  /** One socket a token, ours or bare; ours subscribe from now or from `from`. */
  | {
      order: 'open'
      url: string
      tokens: string[]
      bare: boolean
      from: { epoch: string; seq: number } | null
    }
  /** Each socket waits for so many more messages (an array counts its members). */
  | { order: 'expect'; count: number }
  | { order: 'end' }
export type ClientReport = { report: 'open' | 'received'; at: number; epoch: string }

let sockets: WebSocket[] = []
let missing = 0
let waiting: number[] = []
let epoch = ''
const tell = (report: ClientReport): void => void process.send?.(report)

function count(socket: number, n: number): void {
  const before = waiting[socket] ?? 0
  if (before <= 0) return
  waiting[socket] = before - n
  if (before - n > 0) return
  missing -= 1
  if (missing === 0) tell({ report: 'received', at: now(), epoch })
}

function expect(each: number): void {
  waiting = sockets.map(() => each)
  missing = sockets.length
}

async function open(order: Extract<ClientOrder, { order: 'open' }>): Promise<void> {
  let opened = 0
  const total = order.tokens.length
  sockets = order.tokens.map((token, i) => {
    const socket = order.bare
      ? new WebSocket(order.url, { perMessageDeflate: false })
      : new WebSocket(order.url, subprotocol, {
          perMessageDeflate: false,
          headers: { authorization: `Bearer ${token}` },
        })
    const isOpen = (): void => {
      opened += 1
      if (opened === total) tell({ report: 'open', at: now(), epoch })
    }
    socket.on('open', () => {
      if (order.bare) return isOpen()
      socket.send(JSON.stringify({ type: 'subscribe', ...(order.from ?? { epoch: null, seq: null }) }))
    })
    socket.on('message', (data: Buffer) => {
      // The first bytes tell what it is: parsing would be the client's cost, not the server's.
      if (data[0] === 91) return count(i, (JSON.parse(data.toString()) as unknown[]).length)
      if (data.includes('"type":"welcome"')) {
        epoch = (JSON.parse(data.toString()) as { epoch: string }).epoch
        isOpen()
      } else if (!data.includes('"type":"progress"')) count(i, 1)
    })
    socket.on('error', () => {})
    return socket
  })
}

process.on('message', (order: ClientOrder) => {
  if (order.order === 'expect') expect(order.count)
  else if (order.order === 'end') {
    for (const socket of sockets) socket.terminate()
    process.exit(0)
  } else {
    for (const socket of sockets) socket.terminate()
    void open(order)
    if (order.from) expect(20)
  }
})
