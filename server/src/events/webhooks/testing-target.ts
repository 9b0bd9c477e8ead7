import { once } from 'node:events'
import http from 'node:http'
import { freePort } from '../../platform/testing-ports.ts'

/** What a target does with a request: a status, or a way of being ill. */
export type Behaviour =
  | number
  | 'hang'
  | 'cut'
  | 'redirect'
  | { readonly status: number; readonly headers: http.OutgoingHttpHeaders; readonly text?: string }

export interface Received {
  readonly id: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
  readonly event: { readonly type: string; readonly version: number; readonly data: Record<string, unknown> }
  /** What was answered; undefined: nothing. */
  readonly status: number | undefined
}

export interface TestTarget {
  readonly url: string
  readonly port: number
  readonly received: Received[]
  /** Those that were answered with yes. */
  readonly taken: () => readonly Received[]
  /** How it behaves from now on. */
  behave(how: (body: string, n: number) => Behaviour): void
  /** Requests that are being held. */
  readonly held: () => number
  /** Refuses connections, as if its machine were off. */
  goDown(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** A real HTTP target with a script of faults. */
export async function testTarget(): Promise<TestTarget> {
  let how: (body: string, n: number) => Behaviour = () => 200
  let held = 0
  let n = 0
  const received: Received[] = []
  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      n += 1
      const behaviour = how(body, n)
      const status = statusOf(behaviour)
      received.push({
        id: String(request.headers['webhook-id']),
        headers: request.headers,
        body,
        event: JSON.parse(body) as Received['event'],
        status,
      })
      if (behaviour === 'hang') {
        held += 1
        response.on('close', () => (held -= 1))
      } else if (behaviour === 'cut') request.socket.destroy()
      else if (behaviour === 'redirect') response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()
      else {
        const { headers, text } = typeof behaviour === 'object' ? behaviour : { headers: {}, text: undefined }
        response.writeHead(status ?? 200, headers).end(text)
      }
    })
  })
  const port = await freePort()
  const listen = async (): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen()
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  return {
    url: `http://127.0.0.1:${port}/events`,
    port,
    received,
    taken: () => received.filter(({ status }) => status !== undefined && status < 300),
    behave(next) {
      n = 0
      how = next
    },
    held: () => held,
    goDown: close,
    comeBack: listen,
    close,
  }
}

function statusOf(behaviour: Behaviour): number | undefined {
  if (typeof behaviour === 'number') return behaviour
  if (typeof behaviour === 'object') return behaviour.status
  return behaviour === 'redirect' ? 307 : undefined
}
