import type { CommandKind, StationCommand } from '../model.ts'
import type { Protocol } from './contract.ts'

/**
 * What shows that a command worked, as the station's own reports tell it. Commands without one end with their answer.
 */
export type CommandEffect =
  | 'transaction-started'
  | 'transaction-ended'
  | 'meter-read'
  | 'status-reported'
  | 'booted'
  | 'heartbeat'
  | 'settings-reported'

const triggered: Readonly<Record<string, CommandEffect>> = {
  boot: 'booted',
  status: 'status-reported',
  heartbeat: 'heartbeat',
  meter: 'meter-read',
}

export function expectedEffectOf(command: StationCommand, protocol: Protocol | undefined): CommandEffect | undefined {
  switch (command.kind) {
    case 'start-transaction':
      return 'transaction-started'
    case 'stop-transaction':
      return 'transaction-ended'
    case 'fetch-meter':
      return 'meter-read'
    case 'reset':
      return command.evse === undefined ? 'booted' : undefined
    case 'trigger':
      return triggered[command.message]
    case 'read-settings':
      return command.names === undefined && protocol?.version !== 'ocpp1.6' ? 'settings-reported' : undefined
    default:
      return undefined
  }
}

/** One example of each kind: what a version makes of it says whether it can do it at all. */
const examples: Readonly<Record<CommandKind, StationCommand>> = {
  'start-transaction': { kind: 'start-transaction', evse: 1, idToken: { uid: 'S-EXAMPLE' }, remoteStartId: 1 },
  'stop-transaction': { kind: 'stop-transaction', transactionNumber: '1' },
  'fetch-meter': { kind: 'fetch-meter', evse: 1 },
  'transaction-status': { kind: 'transaction-status', transactionNumber: '1' },
  unlock: { kind: 'unlock', evse: 1, connector: 1 },
  'set-availability': { kind: 'set-availability', operative: true },
  reset: { kind: 'reset', how: 'soft' },
  trigger: { kind: 'trigger', message: 'status', evse: 1, connector: 1 },
  'read-settings': { kind: 'read-settings' },
  'write-settings': { kind: 'write-settings', settings: [{ name: 'TxCtrlr.EVConnectionTimeOut', value: '90' }] },
  'clear-cache': { kind: 'clear-cache' },
  'read-list': { kind: 'read-list' },
  'send-list': {
    kind: 'send-list',
    version: 1,
    full: true,
    entries: [{ idToken: { uid: 'EXAMPLE' }, info: { verdict: 'accepted' } }, { idToken: { uid: 'EXAMPLE-2' } }],
  },
  'vendor-data': { kind: 'vendor-data', vendorId: 'example' },
  'raw-call': { kind: 'raw-call', action: 'ClearCache', payload: {} },
}

export const exampleCommands: readonly StationCommand[] = Object.values(examples)

/** Every kind of command that may be asked for and whether this protocol has it. `send-list` is the platform's own. */
export function commandKinds(
  protocol: Protocol,
): readonly { readonly kind: CommandKind; readonly supported: boolean }[] {
  return messagesOfCommands(protocol)
    .filter(({ kind }) => kind !== 'send-list')
    .map(({ kind, messages }) => ({ kind, supported: messages.length > 0 }))
}

/** The messages that go out for each kind of command; none where this protocol has not got it. */
export function messagesOfCommands(
  protocol: Protocol,
): readonly { readonly kind: CommandKind; readonly messages: readonly string[] }[] {
  return exampleCommands.map((command) => {
    const calls = protocol.commandTo(command, { requestId: 1 })
    const messages = calls === 'not-supported' ? [] : calls.map(({ action }) => action)
    return { kind: command.kind, messages: [...new Set(messages)] }
  })
}
