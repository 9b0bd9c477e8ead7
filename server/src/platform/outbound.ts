import dns from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import { monotonicMs } from './clock.ts'
import {
  type AllowedTarget,
  judgeAddress,
  judgeUrl,
  literalOf,
  type OutboundRefusal,
  portOf,
} from './outbound-rules.ts'

/** A call to the world outside whose address somebody else chose. */
export interface OutboundCall {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** From the look-up of the name to the answer's headers. */
  readonly timeoutMs: number
  readonly allowed: readonly AllowedTarget[]
  readonly signal?: AbortSignal
}

export type OutboundFault =
  | 'name-not-found'
  | 'not-reached'
  | 'certificate-refused'
  | 'timed-out'
  | 'cut-off'
  | 'ended-by-us'

export type OutboundOutcome =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly retryAfter: string | undefined
      /** The beginning of what was said, for people. */
      readonly excerpt: string
      readonly tookMs: number
    }
  | { readonly kind: 'refused'; readonly code: OutboundRefusal; readonly tookMs: number }
  | { readonly kind: 'failed'; readonly code: OutboundFault; readonly detail: string; readonly tookMs: number }

export interface Outbound {
  /** POSTs. Never throws for what the other side does; follows no redirect. */
  post(call: OutboundCall): Promise<OutboundOutcome>
  close(): void
}

export interface OutboundOptions {
  /** All addresses of a name. */
  readonly resolve?: (name: string) => Promise<readonly string[]>
  /** Authorities besides the usual ones, as PEM. */
  readonly authorities?: readonly string[]
}

/** As much of an answer as is read; a 2xx counts from its headers on. */
const EXCERPT_BYTES = 2_000
const BODY_MS = 1_000
const MOST_ADDRESSES = 3

/**
 * The one client for addresses that somebody else chose (attack 15). A name is looked up once; every address it has must be allowed, and
 * the socket goes to one of these very addresses, so that a second look-up cannot lead elsewhere. TLS still proves the name.
 */
export function openOutbound(options: OutboundOptions = {}): Outbound {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxFreeSockets: 64, timeout: 5_000 }),
    'https:': new https.Agent({
      keepAlive: true,
      maxFreeSockets: 64,
      timeout: 5_000,
      ...(options.authorities === undefined ? {} : { ca: [...options.authorities] }),
    }),
  }
  const resolve = options.resolve ?? addressesOf
  return {
    async post(call) {
      const began = monotonicMs()
      const tookMs = (): number => Math.round(monotonicMs() - began)
      const judged = judgeUrl(call.url, call.allowed)
      if (!judged.ok) return { kind: 'refused', code: judged.refusal, tookMs: tookMs() }
      const { url } = judged
      const late = AbortSignal.timeout(call.timeoutMs)
      const signal = call.signal === undefined ? late : AbortSignal.any([late, call.signal])
      const failed = (fault: Fault): OutboundOutcome => ({ kind: 'failed', ...fault, tookMs: tookMs() })
      let addresses: readonly string[]
      try {
        addresses = await within(signal, lookUp(url, resolve))
      } catch (error) {
        if (signal.aborted) return failed(endedBy(late))
        return failed({ code: 'name-not-found', detail: textOf(error) })
      }
      for (const address of addresses) {
        const refusal = judgeAddress(url, address, call.allowed)
        // One forbidden address among several is a trick: none is tried.
        if (refusal !== undefined) return { kind: 'refused', code: refusal, tookMs: tookMs() }
      }
      let fault: Fault = { code: 'name-not-found', detail: 'the name has no address' }
      for (const address of addresses.slice(0, MOST_ADDRESSES)) {
        try {
          return { kind: 'answered', ...(await sendTo(address, { call, url, agents, signal })), tookMs: tookMs() }
        } catch (error) {
          fault = signal.aborted ? endedBy(late) : faultOf(error)
          // Only where nothing was sent may another address be tried.
          if (fault.code !== 'not-reached') break
        }
      }
      return failed(fault)
    },
    close() {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}

interface Fault {
  readonly code: OutboundFault
  readonly detail: string
}

async function addressesOf(name: string): Promise<readonly string[]> {
  return (await dns.lookup(name, { all: true, verbatim: false })).map(({ address }) => address)
}

async function lookUp(url: URL, resolve: (name: string) => Promise<readonly string[]>): Promise<readonly string[]> {
  const literal = literalOf(url)
  return literal === undefined ? resolve(url.hostname) : [literal]
}

/** A look-up cannot be taken back, only no longer waited for. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(new Error('ended'))
    signal.addEventListener('abort', give, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give))
  })
}

interface Agents {
  readonly 'http:': http.Agent
  readonly 'https:': https.Agent
}

interface Sending {
  readonly call: OutboundCall
  readonly url: URL
  readonly agents: Agents
  readonly signal: AbortSignal
}
type Answer = Pick<Extract<OutboundOutcome, { kind: 'answered' }>, 'status' | 'retryAfter' | 'excerpt'>

/** A kept socket may have been closed by the other side just now: then once more, over a fresh one. */
async function sendTo(address: string, sending: Sending): Promise<Answer> {
  try {
    return await send(address, sending)
  } catch (error) {
    if ((error as { isOfKeptSocket?: boolean }).isOfKeptSocket !== true || sending.signal.aborted) throw error
    return send(address, sending)
  }
}

function send(address: string, { call, url, agents, signal }: Sending): Promise<Answer> {
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:'
  const body = Buffer.from(call.body)
  // The socket goes to the address; the name is said in the header and proven by the certificate.
  const options: https.RequestOptions = {
    method: 'POST',
    protocol,
    host: address,
    port: portOf(url),
    path: url.pathname + url.search,
    agent: agents[protocol],
    signal,
    headers: { ...call.headers, host: url.host, 'content-length': body.length },
    ...(protocol === 'https:' && literalOf(url) === undefined ? { servername: url.hostname } : {}),
  }
  return new Promise((resolve, reject) => {
    const request = (protocol === 'https:' ? https : http).request(options)
    request.on('error', (error) => reject(Object.assign(error, { isOfKeptSocket: request.reusedSocket })))
    request.on('response', (response) => {
      const { statusCode = 0, headers } = response
      void beginningOf(response).then((excerpt) =>
        resolve({ status: statusCode, retryAfter: headers['retry-after'], excerpt }),
      )
    })
    // Nobody asked for another protocol: no answer follows, and without somebody who hears this no fault either.
    request.on('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy()
      resolve({ status: statusCode, retryAfter: undefined, excerpt: '' })
    })
    request.end(body)
  })
}

/** Reads the beginning of an answer and no more: a body that drips or never ends holds nobody up. Never rejects. */
function beginningOf(response: http.IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = Buffer.alloc(0)
    const done = (): void => {
      clearTimeout(timer)
      // What was read to its end keeps its socket; the rest is cut.
      if (!response.complete) response.destroy()
      resolve(text.subarray(0, EXCERPT_BYTES).toString())
    }
    const timer = setTimeout(done, BODY_MS)
    response.on('data', (chunk: Buffer) => {
      text = Buffer.concat([text, chunk])
      if (text.length >= EXCERPT_BYTES) done()
    })
    response.on('end', done)
    response.on('error', done)
    response.on('close', done)
  })
}

function endedBy(late: AbortSignal): Fault {
  return late.aborted
    ? { code: 'timed-out', detail: 'no answer in time' }
    : { code: 'ended-by-us', detail: 'the server is stopping' }
}

const UNREACHED = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM|ENOTFOUND)$/
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH/

function faultOf(error: unknown): Fault {
  const { code = '' } = error as { readonly code?: string }
  if (UNREACHED.test(code)) return { code: 'not-reached', detail: textOf(error) }
  if (CERTIFICATE.test(code)) return { code: 'certificate-refused', detail: textOf(error) }
  return { code: 'cut-off', detail: textOf(error) }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 300) : String(error).slice(0, 300)
}
