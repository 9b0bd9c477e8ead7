import http from 'node:http'
import prom from 'prom-client'
import { listenFault } from './listen-fault.ts'

/** Loopback only, apart from the public port (attack 44). */
export const OPS_HOST = '127.0.0.1'

/** What is counted. */
export interface Metrics {
  /** What cannot be read is no number, for as long as it cannot. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  text(): Promise<string>
}

export function openMetrics(): Metrics {
  const register = new prom.Registry()
  prom.collectDefaultMetrics({ register, prefix: 'lataamo_' })
  return {
    gauge(name, help, read) {
      new prom.Gauge({
        name: `lataamo_${name}`,
        help,
        registers: [register],
        async collect() {
          this.set(await Promise.try(read).catch(() => Number.NaN))
        },
      })
    },
    text: () => register.metrics(),
  }
}

/** Which parts serve now; a missing part has a sentence. */
export type Readiness = () => Promise<{ readonly ready: boolean; readonly missing: readonly string[] }>

/** Metrics and health. */
export async function openOps(
  port: number,
  metrics: Metrics,
  readiness: Readiness,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = http.createServer((request, response) => {
    void answer(request.url ?? '/', metrics, readiness).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFault(error, { host: OPS_HOST, port, setting: 'OPS_PORT' })))
    server.listen(port, OPS_HOST, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function answer(url: string, metrics: Metrics, readiness: Readiness) {
  if (url === '/metrics') return { status: 200, type: 'text/plain; version=0.0.4', body: await metrics.text() }
  if (url === '/healthz') return { status: 200, type: 'application/json', body: '{"alive":true}' }
  if (url === '/readyz') {
    const found = await readiness()
    return { status: found.ready ? 200 : 503, type: 'application/json', body: JSON.stringify(found) }
  }
  return { status: 404, type: 'text/plain', body: 'Here: /metrics, /healthz, /readyz\n' }
}
