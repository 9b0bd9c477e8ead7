import type { Station } from '../../api-types.ts'
import type { CommandRequest } from './use-send-command.ts'

export interface FormField {
  readonly name: string
  /** Text key. */
  readonly word: string
  readonly kind: 'evse' | 'evse-or-all' | 'text' | 'json' | 'choice'
  readonly choices?: readonly { readonly value: string; readonly word: string }[]
  readonly optional?: boolean
  /** The whole station cannot be meant. */
  readonly isOfOne?: (values: FormValues, station: Station) => boolean
}

export type FormValues = Readonly<Record<string, string>>

export interface CommandForm {
  /** The row in the list; several rows may send one kind. */
  readonly id: string
  readonly kind: string
  readonly fields: readonly FormField[]
  /** The request from what was filled in; a thrown SyntaxError means the JSON does not read. */
  readonly request: (values: FormValues, station: Station) => CommandRequest
}

const evseId: FormField = { name: 'evseId', word: 'portal.stations.field.evse', kind: 'evse' }
const evseOrAll: FormField = { name: 'evseId', word: 'portal.stations.field.evse', kind: 'evse-or-all' }

/** From 2.0.1 on a station is asked for the state of one connector; asked for all, it refuses. */
function isStatusOfOne(values: FormValues, station: Station): boolean {
  return (values.message ?? 'status') === 'status' && station.protocol !== undefined && station.protocol !== 'ocpp1.6'
}

/** Common commands, in the order they are listed. Settings have a dialog of their own. */
export const commandForms: readonly CommandForm[] = [
  {
    id: 'unlock',
    kind: 'unlock',
    fields: [evseId],
    request: (values, station) => ({
      kind: 'unlock',
      evseId: Number(values.evseId),
      connectorId: station.evses.find(({ id }) => id === Number(values.evseId))?.connectors[0]?.id ?? 1,
    }),
  },
  {
    id: 'set-availability',
    kind: 'set-availability',
    fields: [
      evseOrAll,
      {
        name: 'operative',
        word: 'portal.stations.field.availability',
        kind: 'choice',
        choices: [
          { value: 'true', word: 'portal.stations.field.in-use' },
          { value: 'false', word: 'portal.stations.field.out-of-use' },
        ],
      },
    ],
    request: (values) => ({
      kind: 'set-availability',
      operative: values.operative !== 'false',
      ...numberOf('evseId', values.evseId),
    }),
  },
  {
    id: 'trigger',
    kind: 'trigger',
    fields: [
      {
        name: 'message',
        word: 'portal.stations.field.message',
        kind: 'choice',
        choices: ['status', 'meter', 'boot', 'heartbeat'].map((value) => ({
          value,
          word: `portal.stations.field.trigger-${value}`,
        })),
      },
      { ...evseOrAll, isOfOne: isStatusOfOne },
    ],
    request: (values, station) => ({
      kind: 'trigger',
      message: values.message ?? 'status',
      ...numberOf('evseId', values.evseId || (isStatusOfOne(values, station) ? String(station.evses[0]?.id ?? 1) : '')),
    }),
  },
  {
    id: 'fetch-meter',
    kind: 'fetch-meter',
    fields: [evseId],
    request: (values) => ({ kind: 'fetch-meter', evseId: Number(values.evseId) }),
  },
  {
    id: 'soft-reset',
    kind: 'reset',
    fields: [],
    request: () => ({ kind: 'reset', how: 'soft' }),
  },
  { id: 'clear-cache', kind: 'clear-cache', fields: [], request: () => ({ kind: 'clear-cache' }) },
  { id: 'read-list', kind: 'read-list', fields: [], request: () => ({ kind: 'read-list' }) },
  {
    id: 'vendor-data',
    kind: 'vendor-data',
    fields: [
      { name: 'vendorId', word: 'portal.stations.field.vendor', kind: 'text' },
      { name: 'messageId', word: 'portal.stations.field.vendor-message', kind: 'text', optional: true },
      { name: 'content', word: 'portal.stations.field.content', kind: 'text', optional: true },
    ],
    request: (values) => ({
      kind: 'vendor-data',
      vendorId: values.vendorId ?? '',
      ...textOf('messageId', values.messageId),
      ...textOf('content', values.content),
    }),
  },
  {
    id: 'raw-call',
    kind: 'raw-call',
    fields: [
      { name: 'action', word: 'portal.stations.field.action', kind: 'text' },
      { name: 'payload', word: 'portal.stations.field.payload', kind: 'json' },
    ],
    request: (values) => ({
      kind: 'raw-call',
      action: values.action ?? '',
      payload: JSON.parse(values.payload === undefined || values.payload.trim() === '' ? '{}' : values.payload),
    }),
  },
]

function numberOf(name: string, text: string | undefined): Readonly<Record<string, number>> {
  return text === undefined || text === '' ? {} : { [name]: Number(text) }
}

function textOf(name: string, text: string | undefined): Readonly<Record<string, string>> {
  return text === undefined || text === '' ? {} : { [name]: text }
}
