import { type OcppVersion, parseFrame, takePayload } from '../../../../ocpp/index.ts'
import type { ReportBody } from '../model.ts'
import { protocolOf } from '../protocols/index.ts'
import { type Device, vendorBorder, vendorOf } from '../vendors/index.ts'

export type JudgedAgain =
  | { readonly kind: 'reports'; readonly action: string; readonly bodies: readonly [ReportBody, ...ReportBody[]] }
  /** A question whose answer nobody waits for any more. */
  | { readonly kind: 'no-effect' }
  | { readonly kind: 'refused'; readonly why: string }

/** A kept frame, looked at as if it came now: schema, the vendor's rules of today, translation. */
export function judgeAgain(
  {
    version,
    device,
    text,
  }: { readonly version: OcppVersion; readonly device: Device | undefined; readonly text: string },
  receivedAt: Temporal.Instant,
): JudgedAgain {
  const frame = parseFrame(version, text)
  if (frame.kind === 'fault') return { kind: 'refused', why: frame.description }
  if (frame.kind !== 'call' && frame.kind !== 'send') return { kind: 'no-effect' }
  const { action, payload } = frame
  const border = vendorBorder(version, vendorOf(device, version))
  try {
    const plain = takePayload(version, action, 'request', payload)
    const mended = plain.ok ? undefined : border.repair(action, payload)
    const taken = mended === undefined ? plain : takePayload(version, action, 'request', mended)
    if (!taken.ok) return { kind: 'refused', why: taken.description }
    const meant = border.asMeant({ action, payload: taken.payload })
    const incoming = protocolOf(version).reportFrom(action, meant.payload, receivedAt)
    return incoming.kind === 'reports' ? { kind: 'reports', action, bodies: incoming.bodies } : { kind: 'no-effect' }
  } catch {
    // No message of this version, or none that a station may send.
    return { kind: 'refused', why: `${version} has no ${action.slice(0, 50)}` }
  }
}
