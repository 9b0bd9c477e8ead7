import type { ReactNode } from 'react'
import { Icon } from './Icon.tsx'
import { numberText } from './quantities.ts'

export interface Chip {
  readonly value: string
  readonly text: ReactNode
  readonly count?: number | undefined
}

/** Filters to press; what is chosen has a tick as well as a colour. */
export function Chips(props: {
  readonly label: string
  readonly chips: readonly Chip[]
  readonly chosen: readonly string[]
  readonly onToggle: (value: string) => void
}) {
  return (
    <fieldset className="chips">
      <legend className="sr">{props.label}</legend>
      {props.chips.map(({ value, text, count }) => {
        const on = props.chosen.includes(value)
        return (
          <button
            type="button"
            key={value}
            className={on ? 'chip on' : 'chip'}
            aria-pressed={on}
            onClick={() => props.onToggle(value)}
          >
            {on && <Icon name="check" size={12} />}
            {text}
            {count !== undefined && <span className="cnt">{numberText(count)}</span>}
          </button>
        )
      })}
    </fieldset>
  )
}
