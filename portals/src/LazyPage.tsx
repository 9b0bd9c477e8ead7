import { type ComponentType, type FunctionComponent, useEffect, useState } from 'react'
import { liveState, onLiveState } from './live/connection.ts'
import { Failed, Loading } from './parts/Waiting.tsx'

type Load = () => Promise<Readonly<Record<string, ComponentType>>>
type Page = FunctionComponent & { readonly preload: () => Promise<void> }

const reloadedKey = 'lataamo-reloaded-for'

/**
 * A page whose code comes when it is first opened. The router's own loads the whole document anew when a piece is missing: while
 * the server is away nothing would be left of the console. Here the frame stays, says so, and tries again. Where the server is
 * there and the piece is not, a newer version stands on it: then the document is loaded anew, once.
 */
export function lazyPage(load: Load, name: string): Page {
  let found: ComponentType | undefined
  let asked: Promise<void> | undefined
  const ask = (): Promise<void> => {
    asked ??= load().then(
      (piece) => {
        found = piece[name]
      },
      (error: unknown) => {
        asked = undefined
        throw error
      },
    )
    return asked
  }
  function LazyPage() {
    const [isThere, setThere] = useState(found !== undefined)
    const [error, setError] = useState<unknown>()
    useEffect(() => {
      if (isThere || error !== undefined) return
      let isShown = true
      ask()
        .then(() => isShown && setThere(true))
        .catch((problem: unknown) => missed(name).then(() => isShown && setError(problem)))
      return () => {
        isShown = false
      }
    }, [isThere, error])
    useEffect(() => whenBack(() => setError(undefined)), [])
    const Found = found
    if (isThere && Found !== undefined) return <Found />
    return (
      <section className="panel">
        {error === undefined ? <Loading /> : <Failed error={error} retry={() => setError(undefined)} />}
      </section>
    )
  }
  // What fails here is tried again when the page is opened.
  return Object.assign(LazyPage, { preload: () => ask().catch(() => {}) })
}

/** The stream of events, which the console keeps open, tells when the server is there again. */
function whenBack(act: () => void): () => void {
  let before = liveState().status
  return onLiveState(() => {
    const { status } = liveState()
    if (before === 'down' && status === 'live') act()
    before = status
  })
}

async function missed(name: string): Promise<void> {
  try {
    const { ok } = await fetch('/v1/installation')
    if (!ok || sessionStorage.getItem(reloadedKey) === name) return
    sessionStorage.setItem(reloadedKey, name)
    window.location.reload()
  } catch {
    // The server is away: the page says so.
  }
}
