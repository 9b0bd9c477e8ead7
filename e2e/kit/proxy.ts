import { once } from 'node:events'
import net from 'node:net'

/** A TCP proxy that spoils what passes through it (trust.md, 3): each fault can be switched while connections are open. */
export interface ProxyFaults {
  /** Each piece waits so long, both ways; order is kept. */
  readonly delayMs: number
  /** What the server answers is thrown away, though the requests arrive. */
  readonly dropReplies: boolean
  /** Nothing passes, and nobody is told: a half-open connection. */
  readonly swallow: boolean
  /** A connection is cut once so many bytes went towards the server. */
  readonly cutAfterBytes: number
}

export interface Proxy {
  readonly port: number
  set(faults: Partial<ProxyFaults>): void
  /** Resets all connections that are open. */
  cutAll(): void
  readonly connections: () => number
  /** How many connections were cut because of `cutAfterBytes`. */
  readonly cuts: () => number
  close(): Promise<void>
}

const none: ProxyFaults = {
  delayMs: 0,
  dropReplies: false,
  swallow: false,
  cutAfterBytes: Number.POSITIVE_INFINITY,
}

export async function openProxy(target: { readonly host?: string; readonly port: number }): Promise<Proxy> {
  let faults = none
  let cuts = 0
  const open = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const upstream = net.connect({ host: target.host ?? '127.0.0.1', port: target.port })
    let sent = 0
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk: Buffer) => {
      if (faults.swallow) return
      const room = faults.cutAfterBytes - sent
      sent += chunk.length
      later(faults.delayMs, () => {
        upstream.write(chunk.subarray(0, Math.max(0, room)))
        if (chunk.length < room || client.destroyed) return
        cuts += 1
        upstream.end(() => client.resetAndDestroy())
      })
    })
    upstream.on('data', (chunk) => {
      if (!faults.swallow && !faults.dropReplies) later(faults.delayMs, () => void client.write(chunk))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    set: (more) => void (faults = { ...faults, ...more }),
    cutAll() {
      for (const socket of open) socket.resetAndDestroy()
    },
    connections: () => open.size / 2,
    cuts: () => cuts,
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function later(ms: number, act: () => void): void {
  if (ms === 0) act()
  else setTimeout(act, ms)
}
