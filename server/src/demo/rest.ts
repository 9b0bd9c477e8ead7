/** A caller of our own REST interface, as any program would be: the demo has no private back door. */
export interface Rest {
  get<T>(path: string): Promise<T>
  /** A refusal listed in `fine` gives undefined: what was to be made is there already. */
  post<T>(path: string, body: unknown, fine?: readonly string[]): Promise<T | undefined>
}

export function restOf(url: string, key: string): Rest {
  const call = async <T>(
    method: string,
    path: string,
    body: unknown,
    fine: readonly string[],
  ): Promise<T | undefined> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (response.status === 204) return undefined
    const answer = (await response.json()) as T & { code?: string; detail?: string }
    if (response.ok) return answer
    if (fine.includes(answer.code ?? '')) return undefined
    throw new Error(
      `the demo could not be made: ${method} ${path}: ${answer.code} ${answer.detail} ${JSON.stringify(answer)}`,
    )
  }
  return {
    get: async (path) => (await call(`GET`, path, undefined, [])) as never,
    post: (path, body, fine = []) => call('POST', path, body, fine),
  }
}
