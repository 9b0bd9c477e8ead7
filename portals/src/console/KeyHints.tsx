import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** At the foot of the list they work on: keys, then what they do. The last of each hint is the text key. */
export function KeyHints(props: { readonly hints: readonly (readonly string[])[]; readonly children?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div className="keys qk">
      {props.hints.map((hint) => (
        <span key={hint.join(' ')}>
          {hint.slice(0, -1).map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}{' '}
          {t(hint[hint.length - 1] ?? '')}
        </span>
      ))}
      <span className="grow" />
      <span>{props.children}</span>
    </div>
  )
}
