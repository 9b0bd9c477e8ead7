import type { OutgoingCall, Payload } from '../protocols/index.ts'

/** What a station was asked to send may come while it is not let in yet (OCPP 2.0.1, B02; 1.6, 4.2). */
export interface AskedFor {
  /** A CALL that goes out: what it asks for may come from now on. */
  note(call: OutgoingCall, at: Temporal.Instant): void
  has(action: string, payload: Payload, at: Temporal.Instant): boolean
}

/** As long as a report in parts may take. */
const ASKED_SECONDS = 180

/** Where the word of a trigger is not the message itself. */
const triggered: Readonly<Record<string, string>> = {
  SignChargePointCertificate: 'SignCertificate',
  SignChargingStationCertificate: 'SignCertificate',
  SignV2GCertificate: 'SignCertificate',
  SignV2G20Certificate: 'SignCertificate',
  SignCombinedCertificate: 'SignCertificate',
}

export function openAskedFor(): AskedFor {
  const until = new Map<string, Temporal.Instant>()
  return {
    note(call, at) {
      const name = nameOf(call)
      if (name !== undefined) until.set(name, at.add({ seconds: ASKED_SECONDS }))
    },
    has(action, payload, at) {
      const due = until.get(action === 'NotifyReport' ? reportOf(payload) : action)
      return due !== undefined && Temporal.Instant.compare(at, due) <= 0
    },
  }
}

function nameOf({ action, payload }: OutgoingCall): string | undefined {
  switch (action) {
    case 'TriggerMessage':
    case 'ExtendedTriggerMessage': {
      const wanted = String(payload['requestedMessage'])
      return triggered[wanted] ?? wanted
    }
    case 'GetBaseReport':
    case 'GetReport':
      return reportOf(payload)
    default:
      return undefined
  }
}

const reportOf = ({ requestId }: Payload): string => `NotifyReport ${String(requestId)}`
