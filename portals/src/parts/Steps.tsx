import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './Icon.tsx'

export interface Step {
  readonly key: string
  readonly text: ReactNode
  readonly note?: ReactNode
  readonly at?: ReactNode
  readonly mark: 'done' | 'now' | 'ahead' | 'failed'
}

/** The steps of something physical: what has happened is ticked, what is waited for pulses. Nothing is ticked early. */
export function Steps({ steps, label }: { readonly steps: readonly Step[]; readonly label: string }) {
  const { t } = useTranslation()
  return (
    <ol className="steps" aria-label={label} aria-live="polite">
      {steps.map((step) => (
        <li key={step.key} className={step.mark}>
          <span className="step-mark">
            {step.mark === 'done' && <Icon name="check" />}
            {step.mark === 'failed' && <Icon name="cross" />}
            {step.mark === 'now' && <span className="dot pulse" />}
            {step.mark === 'ahead' && <span className="dot hollow" />}
          </span>
          <span>
            <span className="sr">{t(`portal.step.${step.mark}`)} </span>
            {step.text}
            {step.note !== undefined && <span className="dim t12 step-note">{step.note}</span>}
          </span>
          <span className="mono">{step.at}</span>
        </li>
      ))}
    </ol>
  )
}
