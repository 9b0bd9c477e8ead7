import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Authenticate } from './http-admission.ts'
import type { AnyRoute } from './http-routes.ts'
import { type HttpOptions, type HttpServer, openHttp } from './http-server.ts'
import type { Ground } from './ground.ts'
import { openTexts, type Texts } from './texts.ts'

const SOURCES = fileURLToPath(new URL('../', import.meta.url))

/** Every feature's English texts, as `languages/en.json` will hold them. */
export function testTexts(): Texts {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-texts-'))
  try {
    const features = fs.readdirSync(SOURCES).filter((name) => fs.existsSync(path.join(SOURCES, name, 'texts.en.json')))
    const texts = features.map((name) => [
      name,
      JSON.parse(fs.readFileSync(path.join(SOURCES, name, 'texts.en.json'), 'utf8')),
    ])
    fs.writeFileSync(path.join(folder, 'en.json'), JSON.stringify(Object.fromEntries(texts)))
    return openTexts(folder)
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}

export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  // What comes back is judged by the test.
  readonly body: Record<string, unknown>
  readonly text: string
  /** The session cookie set by this answer, as a browser would send it back. */
  readonly cookie: string | undefined
}

export interface TestRequest {
  /** Sent as `Authorization: Bearer`. */
  readonly key?: string | undefined
  readonly cookie?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly ip?: string
}

export interface TestHttp extends HttpServer {
  call(address: `${'GET' | 'POST' | 'PATCH' | 'DELETE'} ${string}`, request?: TestRequest): Promise<TestAnswer>
}

/** The real server over some routes, called without a socket. */
export async function testHttp(
  ground: Ground,
  routes: readonly AnyRoute[],
  authenticate: Authenticate,
  more: Partial<Pick<HttpOptions, 'texts' | 'page'>> = {},
): Promise<TestHttp> {
  const texts = more.texts ?? testTexts()
  const options = { ground, routes, authenticate, trustedProxies: [], folders: [], ...more, texts }
  const server = await openHttp(options)
  return {
    ...server,
    async call(address, { key, cookie, body, headers, ip } = {}) {
      const [method, url] = address.split(' ') as ['GET' | 'POST' | 'PATCH' | 'DELETE', string]
      const answer = await server.inject({
        method,
        url,
        remoteAddress: ip ?? '127.0.0.1',
        headers: {
          host: new URL(ground.publicUrl).host,
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(cookie === undefined ? {} : { cookie }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      const isJson = /json/.test(String(answer.headers['content-type']))
      const [set] = [answer.headers['set-cookie']].flat()
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: isJson ? answer.json() : {},
        text: answer.body,
        cookie: typeof set === 'string' ? set.split(';')[0] : undefined,
      }
    },
  }
}
