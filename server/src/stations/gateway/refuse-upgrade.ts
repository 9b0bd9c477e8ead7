import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

const more: Readonly<Record<number, string>> = {
  401: 'WWW-Authenticate: Basic realm="OCPP", charset="UTF-8"\r\n',
  429: 'Retry-After: 5\r\n',
  503: 'Retry-After: 10\r\n',
}

/** A plain HTTP answer instead of the upgrade; the least that can be said, and cheap. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  if (socket.destroyed) return
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n`
  socket.end(`${head}${more[status] ?? ''}\r\n`, () => socket.destroy())
}
