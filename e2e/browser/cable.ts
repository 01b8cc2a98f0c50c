import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Stands between the browser and the server like a network, and can be cut. */
export interface Cable {
  url: string
  /** Sockets of live updates are cut and no new one comes through, until `mend`; requests go on. */
  cutLive(): void
  mend(): void
  close(): Promise<void>
}

export async function layCable(port: () => number): Promise<Cable> {
  const live = new Set<Socket>()
  const open = new Set<Socket>()
  let cut = false
  const server = createServer((near) => {
    const far = connect(port(), '127.0.0.1')
    for (const end of [near, far]) {
      open.add(end)
      end.on('error', () => {})
      end.on('close', () => {
        open.delete(end)
        live.delete(end)
        near.destroy()
        far.destroy()
      })
    }
    // An upgrade has a connection of its own, whose first line says so.
    near.once('data', (head: Buffer) => {
      if (head.toString('latin1').startsWith('GET /realtime')) {
        if (cut) return near.destroy()
        live.add(near)
      }
      far.write(head)
      near.pipe(far)
    })
    far.pipe(near)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutLive() {
      cut = true
      for (const socket of live) socket.destroy()
    },
    mend() {
      cut = false
    },
    close() {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
