import type { MouseEvent } from 'react'

/** The second half of a double press. Where the question has just taken the button's place it is no answer to it. */
export function isDoubled(event: MouseEvent): boolean {
  return event.detail > 1
}
