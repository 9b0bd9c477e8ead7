import type { ProblemReport } from '../model.ts'
import type { Payload } from './contract.ts'
import { instantOr } from './times.ts'

/** The events OCPP calls critical that mean somebody is at the station (2.0.1 part 2, appendix 1). */
const critical = new Set([
  'FirmwareUpdated',
  'TamperDetectionActivated',
  'InvalidFirmwareSignature',
  'InvalidFirmwareSigningCertificate',
  'InvalidCentralSystemCertificate',
  'InvalidCsmsCertificate',
  'SettingSystemTime',
  'SecurityLogWasCleared',
  'MemoryExhaustion',
])

/** SecurityEventNotification reads the same in every version. */
export function securityProblem(payload: Payload, receivedAt: Temporal.Instant): ProblemReport {
  const said = payload as { readonly type: string; readonly timestamp: string; readonly techInfo?: string }
  return {
    kind: 'problem',
    code: `security.${said.type}`,
    ...(said.techInfo === undefined ? {} : { text: said.techInfo }),
    severity: critical.has(said.type) ? 'critical' : 'minor',
    reportedAt: instantOr(said.timestamp, receivedAt),
  }
}
