import { useEffect, useState } from 'react'

/** What opened the newest dialog, and before it whatever opened the dialog that it follows: newest first. */
let openers: readonly HTMLElement[] = []

/**
 * For what covers the page while it is drawn: when it goes, the focus returns to what opened it, as far as that still stands.
 * Without it whoever works by keyboard begins at the top of the page after each dialog.
 */
export function useFocusBack(): void {
  const [mine] = useState(whereFrom)
  useEffect(
    () => () => {
      // What came in its place, or was pressed meanwhile, keeps the focus.
      setTimeout(() => {
        if (document.activeElement === null || document.activeElement === document.body)
          mine.find((element) => element.isConnected)?.focus({ preventScroll: true })
      })
    },
    [mine],
  )
}

function whereFrom(): readonly HTMLElement[] {
  const active = document.activeElement
  if (!(active instanceof HTMLElement)) return []
  openers = active.closest('[role="dialog"]') === null ? [active] : [active, ...openers]
  return openers
}
