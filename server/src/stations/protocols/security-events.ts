import type { ProblemReport, ReportBody } from '../model.ts'
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

/** What every sound station says whenever it starts: kept, and nobody's concern. Boots that go on and on are watched by themselves. */
const routine = new Set(['ResetOrReboot', 'StartupOfTheDevice'])

/** SecurityEventNotification reads the same in every version. */
export function securityEvent(payload: Payload, receivedAt: Temporal.Instant): ReportBody {
  const said = payload as unknown as SecurityEvent
  return routine.has(said.type)
    ? { kind: 'recorded', what: 'SecurityEventNotification', content: payload }
    : securityProblem(said, receivedAt)
}

interface SecurityEvent {
  readonly type: string
  readonly timestamp: string
  readonly techInfo?: string
}

function securityProblem(said: SecurityEvent, receivedAt: Temporal.Instant): ProblemReport {
  return {
    kind: 'problem',
    code: `security.${said.type}`,
    ...(said.techInfo === undefined ? {} : { text: said.techInfo }),
    severity: critical.has(said.type) ? 'critical' : 'minor',
    reportedAt: instantOr(said.timestamp, receivedAt),
  }
}
