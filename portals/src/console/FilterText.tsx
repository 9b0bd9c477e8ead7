import { useEffect, useEffectEvent, useState } from 'react'
import { Icon } from '../parts/Icon.tsx'

/** A filter one types; the address follows when the typing rests. */
export function FilterText(props: {
  readonly label: string
  readonly value: string | undefined
  readonly onText: (text: string | undefined) => void
}) {
  const given = props.value ?? ''
  const [text, setText] = useState(given)
  const [shown, setShown] = useState(given)
  // The address changed by another way, such as the button that clears all filters.
  if (shown !== given) {
    setShown(given)
    setText(given)
  }
  const rested = useEffectEvent((typed: string) => {
    if (typed !== given) props.onText(typed.trim() === '' ? undefined : typed)
  })
  useEffect(() => {
    const timer = setTimeout(() => rested(text), 250)
    return () => clearTimeout(timer)
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
