import { useEffect, useRef, useState } from 'react'

/** A press follows the last movement of a pointer much sooner. */
const restMilliseconds = 2500

/**
 * Rows that stay where they are while a pointer moves over them: in a busy network another would else come to lie under it just as it
 * presses. What they say is new all the same; rows come and go once it has pressed, rests, or leaves.
 */
export function useStill<Row>(rows: readonly Row[], rowKey: (row: Row) => string) {
  const [held, setHeld] = useState<readonly Row[]>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  function release() {
    clearTimeout(timer.current)
    setHeld(undefined)
  }
  function hold() {
    clearTimeout(timer.current)
    timer.current = setTimeout(release, restMilliseconds)
    if (held === undefined) setHeld(rows)
  }
  // The row that was pressed is told of it first, be it gone or not.
  const pressed = () => void setTimeout(release)
  return { shown: held === undefined ? rows : newestOf(held, rows, rowKey), hold, pressed, release }
}

/** The held rows in their order, each as it is now; one that is gone as it was. */
export function newestOf<Row>(
  held: readonly Row[],
  rows: readonly Row[],
  rowKey: (row: Row) => string,
): readonly Row[] {
  const newest = new Map(rows.map((row) => [rowKey(row), row]))
  return held.map((row) => newest.get(rowKey(row)) ?? row)
}
