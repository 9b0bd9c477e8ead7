import { useTranslation } from 'react-i18next'
import type { AlertSeverity } from '../api-types.ts'

/** Bars, never a shape of the stations. */
export function Severity({ severity }: { readonly severity: AlertSeverity }) {
  const { t } = useTranslation()
  return (
    <span className={`sev sev-${severity}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {severity === 'critical' ? (
          <>
            <rect x="1" y="1" width="14" height="14" rx="2" fill="currentColor" />
            <path d="M8 4v5" stroke="var(--la-on-status)" strokeWidth="2" strokeLinecap="round" />
            <circle cx="8" cy="12" r="1.2" fill="var(--la-on-status)" />
          </>
        ) : (
          [0, 1, 2].map((bar) => (
            <rect
              key={bar}
              x={1 + bar * 5}
              y={10 - bar * 4}
              width="3.4"
              height={5 + bar * 4}
              rx="1"
              fill="currentColor"
              opacity={severity === 'major' || bar === 0 ? 1 : 0.3}
            />
          ))
        )}
      </svg>
      {t(`portal.severity.${severity}`)}
    </span>
  )
}
