import type { TFunction } from 'i18next'
import type { Session } from '../../api-types.ts'
import { failureKeys } from '../stations/station-words.ts'

/** `Card ending 4F2A`, `Operator 3`. */
export function startedByText(t: TFunction, by: Session['startedBy']): string {
  if (by.last4 !== undefined) return t('portal.sessions.by.card', { last4: by.last4 })
  if (by.name !== undefined) return by.name
  return t(`portal.sessions.by.${by.kind}`, { defaultValue: by.kind })
}

/** Why a session ended: as its station says, or why the command that was to begin it failed. */
export function endText(t: TFunction, reason: string): string {
  return t([`portal.sessions.stop.${reason}`, ...failureKeys(reason)], { defaultValue: reason })
}
