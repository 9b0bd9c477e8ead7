import { randomBytes } from 'node:crypto'
import net from 'node:net'

/** HTTP below the client libraries, which mend what a test wants broken: paths, headers, frames, pace. */

export interface RawUpgrade {
  readonly port: number
  /** As it goes on the wire, not normalised. */
  readonly path: string
  readonly user?: string
  readonly password?: string
  readonly protocol?: string
  readonly headers?: readonly string[]
}

export interface RawAnswer {
  /** 0: the connection was closed without an answer. */
  readonly status: number
  readonly head: string
  readonly socket: net.Socket
}

export function headOf({ path, user, password, protocol = 'ocpp1.6', headers = [] }: RawUpgrade): string {
  const proof = user === undefined ? undefined : Buffer.from(`${user}:${password ?? ''}`).toString('base64')
  return [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: ${protocol}`,
    ...(proof === undefined ? [] : [`Authorization: Basic ${proof}`]),
    ...headers,
    '',
    '',
  ].join('\r\n')
}

/** Asks for a WebSocket exactly so, and gives the answer's head. The caller destroys the socket. */
export function rawUpgrade(wishes: RawUpgrade): Promise<RawAnswer> {
  return rawHead(wishes.port, (socket) => void socket.write(headOf(wishes)))
}

export function rawHead(port: number, begin: (socket: net.Socket) => void): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    let text = ''
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      socket.off('data', take)
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), head: text, socket })
    }
    socket.on('error', () => {})
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), head: text, socket }))
    socket.on('data', take)
    socket.once('connect', () => begin(socket))
  })
}

/** A client's frame as RFC 6455 wants it, or, unmasked, as it forbids it. Up to 65,535 bytes. */
export function frameOf(opcode: number, payload: Buffer, how: { final?: boolean; masked?: boolean } = {}): Buffer {
  const { final = true, masked = true } = how
  const head = [(final ? 0x80 : 0) | opcode]
  const flag = masked ? 0x80 : 0
  if (payload.length < 126) head.push(flag | payload.length)
  else head.push(flag | 126, payload.length >> 8, payload.length & 0xff)
  if (!masked) return Buffer.concat([Buffer.from(head), payload])
  const key = randomBytes(4)
  return Buffer.concat([Buffer.from(head), key, payload.map((byte, n) => byte ^ (key[n % 4] ?? 0))])
}

/** The status of the close frame that comes next, or 0 when the connection just ends. */
export function closeStatusOf(socket: net.Socket): Promise<number> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0)
    const look = (): void => {
      for (let at = 0; at + 2 <= bytes.length; ) {
        const opcode = (bytes[at] ?? 0) & 0x0f
        const short = (bytes[at + 1] ?? 0) & 0x7f
        const size = short === 126 ? bytes.readUInt16BE(at + 2) : short
        const begin = at + (short === 126 ? 4 : 2)
        if (opcode === 8) return resolve(size >= 2 ? bytes.readUInt16BE(begin) : 1005)
        at = begin + size
      }
    }
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      look()
    })
    socket.on('close', () => resolve(0))
    socket.on('error', () => resolve(0))
  })
}
