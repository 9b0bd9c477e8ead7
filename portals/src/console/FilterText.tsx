import { useEffect, useState } from 'react'
import { Icon } from '../parts/Icon.tsx'

/** A filter one types; the address follows when the typing rests. */
export function FilterText(props: {
  readonly label: string
  readonly value: string | undefined
  readonly onText: (text: string | undefined) => void
}) {
  const given = props.value ?? ''
  const [text, setText] = useState(given)
  useEffect(() => setText(given), [given])
  useEffect(() => {
    if (text === given) return
    const timer = setTimeout(() => props.onText(text.trim() === '' ? undefined : text), 250)
    return () => clearTimeout(timer)
    // The newest handler is taken; only the text restarts the wait.
  }, [text])
  return (
    <span className="inp filter-text">
      <Icon name="filter" />
      <input
        type="search"
        className="bare grow"
        data-filter
        aria-label={props.label}
        placeholder={props.label}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </span>
  )
}
