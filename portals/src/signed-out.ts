import { useSyncExternalStore } from 'react'

/** Whether the sign-in ended while a page of the console was open: the page stays as it is until one has signed in again. */

let isOut = false
const listeners = new Set<() => void>()

export function noteSignedOut(next: boolean): void {
  if (isOut === next) return
  isOut = next
  for (const listener of listeners) listener()
}

export function useSignedOut(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isOut,
  )
}
