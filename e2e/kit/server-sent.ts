/** A stream of server-sent events, as text that grows. */
export interface Events {
  text(): string
  /** The id of the last event that came, `epoch.n`. */
  lastId(): string | undefined
  close(): void
}

/** Resolves once something has come: from then on nothing is missed. */
export async function openEvents(url: string, path: string, key?: string, lastEventId?: string): Promise<Events> {
  const cut = new AbortController()
  const response = await fetch(url + path, {
    signal: cut.signal,
    headers: {
      accept: 'text/event-stream',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  })
  if (response.status !== 200 || response.body === null)
    throw new Error(`${path}: ${response.status} ${await response.text()}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = (await reader.read()).value ?? ''
  const read = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value
  }
  // Ends when it is cut, by us or by the server.
  void read().catch(() => {})
  return {
    text: () => text,
    lastId: () => [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1],
    close: () => cut.abort(),
  }
}
