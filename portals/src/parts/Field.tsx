import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react'

interface Labelled {
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  readonly unit?: string | undefined
  readonly big?: boolean
}

// A year has four digits: without an end browsers take six, and the 2 of 2027 is the year 2 while it is typed.
const earliest: Readonly<Record<string, string>> = { date: '1000-01-01', 'datetime-local': '1000-01-01T00:00' }
const latest: Readonly<Record<string, string>> = { date: '9999-12-31', 'datetime-local': '9999-12-31T23:59' }

type InputProps = Labelled &
  Omit<InputHTMLAttributes<HTMLInputElement>, 'size'> & { readonly onText?: (text: string) => void }

/** A labelled input; hint and error are tied to it for screen readers. */
export function Field({ label, hint, error, unit, big = false, onText, ...input }: InputProps) {
  const id = useId()
  return (
    <Labelled id={id} label={label} hint={hint} error={error} big={big}>
      <span className={`inp${big ? ' touch' : ''}${error === undefined ? '' : ' wrong'}`}>
        <input
          id={id}
          className="bare grow"
          aria-describedby={hint === undefined && error === undefined ? undefined : `${id}-note`}
          aria-invalid={error === undefined ? undefined : true}
          min={earliest[input.type ?? '']}
          max={latest[input.type ?? '']}
          {...(onText === undefined ? {} : { onChange: (event) => onText(event.target.value) })}
          {...input}
        />
        {unit !== undefined && <span className="unit">{unit}</span>}
      </span>
    </Labelled>
  )
}

type ChoiceProps = Labelled &
  SelectHTMLAttributes<HTMLSelectElement> & {
    readonly options: readonly { readonly value: string; readonly text: string }[]
    readonly onText: (value: string) => void
  }

/** A labelled choice among few. */
export function Choice({ label, hint, error, unit: _unit, big = false, options, onText, ...select }: ChoiceProps) {
  const id = useId()
  return (
    <Labelled id={id} label={label} hint={hint} error={error} big={big}>
      <select
        id={id}
        className={`inp${big ? ' touch' : ''}`}
        aria-describedby={hint === undefined && error === undefined ? undefined : `${id}-note`}
        onChange={(event) => onText(event.target.value)}
        {...select}
      >
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

/** A labelled box to tick. */
export function Tick(props: {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (on: boolean) => void
}) {
  return (
    <label className="tick">
      <input type="checkbox" checked={props.checked} onChange={(event) => props.onChange(event.target.checked)} />
      <span>{props.label}</span>
    </label>
  )
}

/** Two or three ways, of which one holds. */
export function Segments(props: {
  readonly label: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly text: ReactNode }[]
  readonly onText: (value: string) => void
}) {
  const name = useId()
  return (
    <fieldset className="field">
      <legend className="lab">{props.label}</legend>
      <span className="seg">
        {props.options.map(({ value, text }) => (
          <label key={value} className={value === props.value ? 'on' : ''}>
            <input
              type="radio"
              className="sr"
              name={name}
              value={value}
              checked={value === props.value}
              onChange={() => props.onText(value)}
            />
            {text}
          </label>
        ))}
      </span>
    </fieldset>
  )
}

function Labelled(props: {
  readonly id: string
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  readonly big: boolean
  readonly children: ReactNode
}) {
  const { id, hint, error } = props
  return (
    <div className="field">
      <label htmlFor={id} className={props.big ? 't14' : ''}>
        {props.label}
      </label>
      {props.children}
      {(hint !== undefined || error !== undefined) && (
        <span id={`${id}-note`} className="hint">
          {error !== undefined && <span className="error">{error} </span>}
          {hint}
        </span>
      )}
    </div>
  )
}
