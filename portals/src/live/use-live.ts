import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { applyEvents } from './apply-event.ts'
import { feedFromLive, liveState, onLiveState, openLive, type LiveState } from './connection.ts'
import { fetchAnew } from './fetch-anew.ts'

export function useLiveState(): LiveState {
  return useSyncExternalStore(onLiveState, liveState)
}

let scope: string | undefined
const scopeListeners = new Set<() => void>()

function onScope(listener: () => void): () => void {
  scopeListeners.add(listener)
  return () => scopeListeners.delete(listener)
}

function setScope(next: string | undefined): void {
  scope = next
  for (const listener of scopeListeners) listener()
}

/** The frames of this station too, while the component that asks is shown. */
export function useLiveLog(stationId: string): void {
  useEffect(() => {
    setScope(stationId)
    return () => setScope(undefined)
  }, [stationId])
}

/** Keeps the page's one stream open, and the query cache fed by it. */
export function useLiveFeed(): void {
  const client = useQueryClient()
  const stationId = useSyncExternalStore(onScope, () => scope)
  useEffect(
    () =>
      feedFromLive(
        (events) => applyEvents(client, events),
        (what) => fetchAnew(client, what),
      ),
    [client],
  )
  useEffect(() => openLive(stationId), [stationId])
}
