import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'

/** A raw socket that speaks as a station does, or deliberately not: frames as text, exactly as a test wrote them. */
export interface StationSocket {
  readonly socket: WebSocket
  /** Sends text as it stands. */
  raw(text: string): void
  /** Sends a CALL and returns its answer, whatever it is. */
  call(action: string, payload: unknown): Promise<Frame>
  /** The next frame that fulfils the condition, also one that came already and was not taken. */
  next(wanted: (frame: Frame) => boolean, timeoutMs?: number): Promise<Frame>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  close(): Promise<void>
}

export type Frame = readonly [type: number, id: string, ...rest: unknown[]]

export interface SocketWishes {
  readonly url: string
  readonly user?: string
  readonly password?: string
  readonly protocols?: readonly string[]
  readonly more?: ClientOptions
}

function optionsOf({ user, password, more }: SocketWishes): ClientOptions {
  const proof = user === undefined ? undefined : Buffer.from(`${user}:${password ?? ''}`).toString('base64')
  return {
    handshakeTimeout: 30_000,
    ...more,
    headers: { ...(proof === undefined ? {} : { authorization: `Basic ${proof}` }), ...more?.headers },
  }
}

/** Opens it, or throws with the status of the refusal. */
export async function openStation(wishes: SocketWishes): Promise<StationSocket> {
  const socket = new WebSocket(wishes.url, [...(wishes.protocols ?? ['ocpp1.6'])], optionsOf(wishes))
  const waiting = new Set<() => void>()
  const frames: Frame[] = []
  socket.on('message', (data) => {
    frames.push(JSON.parse((data as Buffer).toString()) as Frame)
    for (const look of waiting) look()
  })
  const closed = once(socket, 'close').then(([code, reason]) => ({ code: Number(code), reason: String(reason) }))
  // Where the connection is refused, that is what the caller hears.
  closed.catch(() => {})
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', (_, response) => {
      reject(new Error(`refused with ${response.statusCode}`))
      response.destroy()
    })
  })
  socket.on('error', () => {})
  let number = 0
  const next = (wanted: (frame: Frame) => boolean, timeoutMs = 45_000): Promise<Frame> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const at = frames.findIndex(wanted)
        if (at === -1) return
        end()
        resolve(frames.splice(at, 1)[0] as Frame)
      }
      const end = (): void => {
        clearTimeout(timer)
        waiting.delete(look)
      }
      const timer = setTimeout(() => {
        end()
        reject(
          new Error(`no such frame within ${timeoutMs} ms: ${wanted.toString()}; there were ${JSON.stringify(frames)}`),
        )
      }, timeoutMs)
      waiting.add(look)
      look()
    })
  return {
    socket,
    raw: (text) => socket.send(text),
    call(action, payload) {
      number += 1
      const id = `call-${number}`
      socket.send(JSON.stringify([2, id, action, payload]))
      return next(([type, of]) => type !== 2 && of === id)
    },
    next,
    closed,
    async close() {
      socket.close()
      await closed
    },
  }
}

/** Knocks and says how it went: 101 when it was let in (and closed at once), else the status of the refusal; 0: no answer at all. */
export async function knock(wishes: SocketWishes): Promise<number> {
  const socket = new WebSocket(wishes.url, [...(wishes.protocols ?? ['ocpp1.6'])], optionsOf(wishes))
  const status = await new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101))
    socket.once('unexpected-response', (_, response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    socket.once('error', () => resolve(0))
  })
  socket.on('error', () => {})
  socket.terminate()
  return status
}

/** What a station says when it boots, in the words of its version. */
export function bootOf(protocol: string, more: Readonly<Record<string, unknown>> = {}): readonly [string, unknown] {
  return protocol === 'ocpp1.6'
    ? ['BootNotification', { chargePointVendor: 'Tester', chargePointModel: 'Socket', ...more }]
    : ['BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'Tester', model: 'Socket', ...more } }]
}
