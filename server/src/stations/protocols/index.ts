import type { OcppVersion } from '../../../../ocpp/index.ts'
import type { Protocol } from './contract.ts'
import { ocpp16 } from './ocpp16/index.ts'
import { ocpp201 } from './ocpp201/index.ts'
import { ocpp21 } from './ocpp21/index.ts'

export type { Incoming, MessageLimits, OutgoingCall, Payload, Protocol } from './contract.ts'
export { commandKinds, expectedEffectOf, messagesOfCommands } from './command-kinds.ts'
export { amountOf } from './local-lists.ts'
export { rawCallFault } from './raw-call.ts'

/** Every way of talking to stations. A new one is a folder and a row here. */
export const protocols: readonly Protocol[] = [ocpp21, ocpp201, ocpp16]

export function protocolOf(version: OcppVersion): Protocol {
  const found = protocols.find((protocol) => protocol.version === version)
  if (found === undefined) throw new Error(`no protocol for ${version}`)
  return found
}

/** Characters of the longest id token a station can be told; of one that never spoke, what every version carries. */
export function tokenLengthOf(name: string | null): number {
  return (name === null ? undefined : protocolNamed(name)?.tokenLength) ?? 20
}

/** By the name a station row keeps. */
export function protocolNamed(name: string): Protocol | undefined {
  return protocols.find(({ version }) => version === name)
}
