import { once } from 'node:events'
import net from 'node:net'

/** A TCP proxy that spoils what passes through it (trust.md, 3): each fault can be switched while connections are open. */
export interface ProxyFaults {
  /** Each piece waits so long, both ways; order is kept. */
  readonly delayMs: number
  /** And up to so much longer, by chance. */
  readonly jitterMs: number
  /** No more than this a second, each way; 0: as fast as it goes. */
  readonly bytesPerSecond: number
  /** One byte after another, each after so many milliseconds; 0: whole pieces. */
  readonly dripMs: number
  /** What the server answers is thrown away, though the requests arrive. */
  readonly dropReplies: boolean
  /** Nothing passes, and nobody is told: a half-open connection. */
  readonly swallow: boolean
  /** Nothing is read any more, from either side: their buffers fill. */
  readonly stopReading: boolean
  /** A new connection is reset at once. */
  readonly refuse: boolean
  /** A connection is cut once so many bytes went towards the server. */
  readonly cutAfterBytes: number
}

export interface Proxy {
  readonly port: number
  set(faults: Partial<ProxyFaults>): void
  /** Resets all connections that are open. */
  cutAll(): void
  /** Ends the sending half towards the server, or towards the clients; the other half stays open. */
  halfCloseAll(towards: 'server' | 'clients'): void
  readonly connections: () => number
  /** How many connections were cut because of `cutAfterBytes`. */
  readonly cuts: () => number
  /** Bytes that were thrown away, both ways. */
  readonly swallowed: () => number
  close(): Promise<void>
}

/** `path`: a Unix socket, such as a database's. */
export type ProxyTarget = { readonly host?: string; readonly port: number } | { readonly path: string }

const none: ProxyFaults = {
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: 0,
  dripMs: 0,
  dropReplies: false,
  swallow: false,
  stopReading: false,
  refuse: false,
  cutAfterBytes: Number.POSITIVE_INFINITY,
}

interface Pair {
  readonly client: net.Socket
  readonly upstream: net.Socket
  apply(): void
}

export async function openProxy(target: ProxyTarget, chance: () => number = Math.random): Promise<Proxy> {
  let faults = none
  let cuts = 0
  let swallowed = 0
  const pairs = new Set<Pair>()
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    if (faults.refuse) return void client.resetAndDestroy()
    const wanted = 'path' in target ? { path: target.path } : { host: target.host ?? '127.0.0.1', port: target.port }
    const upstream = net.connect({ ...wanted, allowHalfOpen: true })
    const apply = (): void => {
      for (const socket of [client, upstream]) void (faults.stopReading ? socket.pause() : socket.resume())
    }
    const pair: Pair = { client, upstream, apply }
    pairs.add(pair)
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        pairs.delete(pair)
        client.destroy()
        upstream.destroy()
      })
    }
    let sent = 0
    const toServer = openPipe(upstream, () => faults, chance)
    const toClient = openPipe(client, () => faults, chance)
    client.on('data', (chunk: Buffer) => {
      if (faults.swallow) {
        swallowed += chunk.length
        return
      }
      const room = faults.cutAfterBytes - sent
      sent += chunk.length
      toServer.write(chunk.subarray(0, Math.max(0, room)))
      if (chunk.length < room) return
      toServer.then(() => {
        if (client.destroyed) return
        cuts += 1
        upstream.end(() => client.resetAndDestroy())
      })
    })
    upstream.on('data', (chunk: Buffer) => {
      if (faults.swallow || faults.dropReplies) swallowed += chunk.length
      else toClient.write(chunk)
    })
    client.on('end', () => toServer.then(() => void upstream.end()))
    upstream.on('end', () => toClient.then(() => void client.end()))
    apply()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    set(more) {
      faults = { ...faults, ...more }
      for (const pair of pairs) pair.apply()
    },
    cutAll() {
      for (const { client, upstream } of pairs) {
        client.resetAndDestroy()
        // A Unix socket knows no reset.
        if ('path' in target) upstream.destroy()
        else upstream.resetAndDestroy()
      }
    },
    halfCloseAll(towards) {
      for (const { client, upstream } of pairs) (towards === 'server' ? upstream : client).end()
    },
    connections: () => pairs.size,
    cuts: () => cuts,
    swallowed: () => swallowed,
    async close() {
      for (const { client, upstream } of pairs) {
        client.destroy()
        upstream.destroy()
      }
      server.close()
      await once(server, 'close')
    },
  }
}

interface Pipe {
  write(chunk: Buffer): void
  /** When all that was written before has left. */
  then(act: () => void): void
}

/** One direction: pieces leave in order, each when the faults of its moment let it. */
function openPipe(to: net.Socket, faults: () => ProxyFaults, chance: () => number): Pipe {
  const waiting: { readonly at: number; readonly act: () => void }[] = []
  let freeAt = 0
  let timer: NodeJS.Timeout | undefined
  const pump = (): void => {
    timer = undefined
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const wait = next.at - performance.now()
      if (wait > 0) {
        timer = setTimeout(pump, Math.ceil(wait))
        return
      }
      waiting.shift()
      next.act()
    }
  }
  const later = (ms: number, act: () => void): void => {
    freeAt = Math.max(freeAt, performance.now() + ms)
    waiting.push({ at: freeAt, act })
    if (timer === undefined) pump()
  }
  const put = (chunk: Buffer): void => {
    if (chunk.length > 0 && to.writable) to.write(chunk)
  }
  return {
    write(chunk) {
      const { delayMs, jitterMs, bytesPerSecond, dripMs } = faults()
      if (dripMs > 0) {
        for (let n = 0; n < chunk.length; n += 1) {
          later(0, () => put(chunk.subarray(n, n + 1)))
          freeAt += dripMs
        }
        return
      }
      later(delayMs + (jitterMs > 0 ? jitterMs * chance() : 0), () => put(chunk))
      if (bytesPerSecond > 0) freeAt += (chunk.length / bytesPerSecond) * 1_000
    },
    then: (act) => later(0, act),
  }
}
