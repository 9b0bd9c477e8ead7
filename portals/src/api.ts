import type { List } from './api-types.ts'
import { shownLanguage } from './words.ts'

/** The portals' one way to the server: /v1 and nothing else. */

export interface Problem {
  readonly status: number
  readonly code: string
  readonly title?: string
  readonly detail?: string
  readonly requestId?: string
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[]
}

export type ProblemError = Error & { readonly problem: Problem }

export function isProblem(error: unknown): error is ProblemError {
  return error instanceof Error && 'problem' in error
}

/** The code of what went wrong: `no-answer` when the server was not reached, `page-error` for a fault of the page itself. */
export function problemCode(error: unknown): string {
  if (isProblem(error)) return error.problem.code
  return isPieceMissing(error) ? 'no-answer' : 'page-error'
}

/** A piece of the portal did not come; each browser says so in words of its own. */
function isPieceMissing(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|module script failed/i.test(error.message)
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** Throws a ProblemError for every answer but 2xx. A POST gets a fresh Idempotency-Key, one per act of a person, or the one that is given. */
export async function call<Answer>(
  method: Method,
  path: string,
  body?: unknown,
  { signal, key }: { readonly signal?: AbortSignal | undefined; readonly key?: string } = {},
): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': shownLanguage() }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (method === 'POST') headers['idempotency-key'] = key ?? randomKey()
  const { response, text } = await answered(path, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  const content = parsed(text)
  if (response.ok) return content as Answer
  throw problemError(response.status, content)
}

/** Throws `no-answer` when nothing, or only half of it, came back. */
async function answered(path: string, request: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(path, request)
    return { response, text: await response.text() }
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error
    throw Object.assign(new Error('no answer', { cause: error }), { problem: { status: 0, code: 'no-answer' } })
  }
}

export function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return call<Answer>('GET', path, undefined, { signal })
}

/** Every item that the filters find, page by page, however many; `tell`: how many there are so far. */
export async function getAll<T>(
  path: string,
  {
    signal,
    filters,
    tell,
  }: { readonly signal?: AbortSignal; readonly filters?: Query; readonly tell?: (count: number) => void } = {},
): Promise<readonly T[]> {
  const all: T[] = []
  let cursor: string | undefined
  do {
    tell?.(all.length)
    const page = await get<List<T>>(`${path}${query({ ...filters, limit: 200, cursor })}`, signal)
    all.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return all
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** Query text from what is set; empty values are left out. */
export function query(values: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

function parsed(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    // A proxy's page instead of our answer: there is nothing in it to read.
    return undefined
  }
}

/** The error of a refusal. */
export function problemError(status: number, content: unknown): ProblemError {
  const body = (typeof content === 'object' && content !== null ? content : {}) as Partial<Problem>
  const problem: Problem = { ...body, status, code: body.code ?? `http-${status}` }
  return Object.assign(new Error(problem.detail ?? problem.code), { problem })
}

// crypto.randomUUID exists on secure origins only, and a station's installer may use plain http on the local network.
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
