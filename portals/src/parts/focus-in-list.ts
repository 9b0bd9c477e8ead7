import { type RefObject, useRef } from 'react'
import { flushSync } from 'react-dom'

/**
 * For a list whose rows hold the button that takes them away: what was pressed goes with its row, and the focus stays in the list, on
 * the row that takes its place or on what adds one.
 */
export function useFocusInList<Box extends HTMLElement>(): {
  readonly box: RefObject<Box | null>
  readonly takeAway: (place: number, act: () => void) => void
} {
  const box = useRef<Box>(null)
  function takeAway(place: number, act: () => void): void {
    flushSync(act)
    const buttons = box.current?.querySelectorAll('button') ?? []
    buttons[Math.min(place, buttons.length - 1)]?.focus()
  }
  return { box, takeAway }
}
