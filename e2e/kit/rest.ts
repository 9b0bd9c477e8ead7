/** A small REST client: it throws nothing at a refusal, so that tests can look at it. */

export interface Reply<T = unknown> {
  readonly status: number
  readonly body: T
  readonly text: string
  readonly headers: Headers
}

export interface Problem {
  readonly code: string
  readonly detail: string
  readonly requestId: string
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[]
}

type More = Readonly<Record<string, string>>

export interface Rest {
  readonly url: string
  send<T = unknown>(method: string, path: string, body?: unknown, headers?: More): Promise<Reply<T>>
  /** The answer's body; throws unless it is 2xx. */
  get<T = unknown>(path: string): Promise<T>
  post<T = unknown>(path: string, body?: unknown): Promise<T>
  patch<T = unknown>(path: string, body: unknown): Promise<T>
  remove(path: string): Promise<void>
}

export interface List<T> {
  readonly items: readonly T[]
  readonly next: string | null
  readonly total?: number
}

const PATIENCE_SECONDS = 60

export function restOf(url: string, key: string | undefined): Rest {
  const send = async <T>(method: string, path: string, body?: unknown, headers: More = {}): Promise<Reply<T>> => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: parsed(text) as T, text, headers: response.headers }
  }
  const must = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await send<T>(method, path, body)
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`)
    return reply.body
  }
  /** Again, where the database did not answer just now, as that refusal says: the machine may be busy with something else. */
  const get = async <T>(path: string): Promise<T> => {
    let reply = await send<T>('GET', path)
    for (let tries = 1; reply.status === 503 && tries < PATIENCE_SECONDS; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      reply = await send<T>('GET', path)
    }
    if (reply.status >= 300) throw new Error(`GET ${path}: ${reply.status} ${reply.text}`)
    return reply.body
  }
  return {
    url,
    send,
    get,
    post: (path, body = {}) => must('POST', path, body),
    patch: (path, body) => must('PATCH', path, body),
    remove: (path) => must('DELETE', path),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
