import type { TFunction } from 'i18next'
import type { Session } from '../../api-types.ts'

/** `Card ending 4F2A`, `Operator 3`. */
export function startedByText(t: TFunction, by: Session['startedBy']): string {
  if (by.last4 !== undefined) return t('portal.sessions.by.card', { last4: by.last4 })
  if (by.name !== undefined) return by.name
  return t(`portal.sessions.by.${by.kind}`, { defaultValue: by.kind })
}
