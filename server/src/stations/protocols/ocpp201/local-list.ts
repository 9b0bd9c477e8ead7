import type { CommandAnswer, ListEntry, StationCommand } from '../../model.ts'
import type { OutgoingCall, Payload } from '../contract.ts'
import { amountOf, timeOf } from '../local-lists.ts'
import { verdicts2 } from '../verdicts.ts'
import { variablesRead } from './settings.ts'
import { tokenTo } from './tokens.ts'

const component = { name: 'LocalAuthListCtrlr' }
const names = ['Enabled', 'ItemsPerMessage', 'BytesPerMessage']
const TOKEN_LENGTH = 36
/** What one entry may take on the wire: token, verdict, end and group with their names. */
const BYTES_PER_ENTRY = 400

/** OCPP 2.0.1 part 2, D: how many entries there may be stands in a report's characteristics only and is not asked for. */
export const readList2: readonly OutgoingCall[] = [
  { action: 'GetVariables', payload: { getVariableData: names.map((name) => ({ component, variable: { name } })) } },
  { action: 'GetLocalListVersion', payload: {} },
]

export function listTo2(
  { version, full, entries }: StationCommand & { readonly kind: 'send-list' },
  tokenTypes: ReadonlySet<string>,
): Payload {
  return {
    versionNumber: version,
    updateType: full ? 'Full' : 'Differential',
    ...(entries.length === 0 ? {} : { localAuthorizationList: entries.map((entry) => entryTo(entry, tokenTypes)) }),
  }
}

function entryTo({ idToken, info }: ListEntry, tokenTypes: ReadonlySet<string>): Payload {
  if (info === undefined) return { idToken: tokenTo(idToken, tokenTypes) }
  const { verdict, groupUid, validUntil } = info
  return {
    idToken: tokenTo(idToken, tokenTypes),
    idTokenInfo: {
      status: verdicts2[verdict],
      ...(validUntil === undefined ? {} : { cacheExpiryDateTime: timeOf(validUntil) }),
      ...(groupUid === undefined || groupUid.length > TOKEN_LENGTH
        ? {}
        : { groupIdToken: { idToken: groupUid, type: 'Central' } }),
    },
  }
}

export function listFacts2(payload: Payload): CommandAnswer {
  const version = payload['versionNumber']
  if (typeof version === 'number') return { outcome: 'accepted', raw: payload, list: { version } }
  // Variables that the station has not are no fault: then nothing is known of that limit. Names are spelled in any case.
  const values = new Map((variablesRead(payload).settings ?? []).map(({ name, value }) => [name.toLowerCase(), value]))
  const valueOf = (variable: string) => values.get(`${component.name}.${variable}`.toLowerCase())
  const enabled = valueOf('Enabled')
  const items = amountOf('items', valueOf('ItemsPerMessage')).items
  const bytes = amountOf('bytes', valueOf('BytesPerMessage')).bytes
  const parts = [items, bytes === undefined ? undefined : Math.max(1, Math.floor(bytes / BYTES_PER_ENTRY))]
  const known = parts.filter((part) => part !== undefined)
  return {
    outcome: 'accepted',
    raw: payload,
    list: {
      ...(enabled === undefined ? {} : { enabled: enabled.trim().toLowerCase() !== 'false' }),
      ...(known.length === 0 ? {} : { part: Math.min(...known) }),
    },
  }
}
