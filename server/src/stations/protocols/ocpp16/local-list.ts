import type { CommandAnswer, ListEntry, StationCommand } from '../../model.ts'
import type { OutgoingCall, Payload } from '../contract.ts'
import { amountOf, timeOf } from '../local-lists.ts'
import { verdicts16 } from '../verdicts.ts'

const ENABLED = 'LocalAuthListEnabled'
const LONGEST = 'LocalAuthListMaxLength'
const PART = 'SendLocalListMaxLength'
const ID_TAG_LENGTH = 20

/** OCPP 1.6, 5.10: what the list may hold are settings; its version is asked for by itself. */
export const readList16: readonly OutgoingCall[] = [
  { action: 'GetConfiguration', payload: { key: [ENABLED, LONGEST, PART] } },
  { action: 'GetLocalListVersion', payload: {} },
]

export function listTo16({ version, full, entries }: StationCommand & { readonly kind: 'send-list' }): Payload {
  return {
    listVersion: version,
    updateType: full ? 'Full' : 'Differential',
    ...(entries.length === 0 ? {} : { localAuthorizationList: entries.map(entryTo) }),
  }
}

function entryTo({ idToken, info }: ListEntry): Payload {
  if (info === undefined) return { idTag: idToken.uid }
  const { verdict, groupUid, validUntil } = info
  return {
    idTag: idToken.uid,
    idTagInfo: {
      status: verdicts16[verdict],
      ...(validUntil === undefined ? {} : { expiryDate: timeOf(validUntil) }),
      ...(groupUid === undefined || groupUid.length > ID_TAG_LENGTH ? {} : { parentIdTag: groupUid }),
    },
  }
}

export function listFacts16(payload: Payload): CommandAnswer {
  const said = payload as {
    readonly listVersion?: number
    readonly configurationKey?: readonly { readonly key: string; readonly value?: string }[]
  }
  if (said.listVersion !== undefined) return { outcome: 'accepted', raw: payload, list: { version: said.listVersion } }
  const values = new Map((said.configurationKey ?? []).map(({ key, value }) => [key.toLowerCase(), value]))
  const enabled = values.get(ENABLED.toLowerCase())
  return {
    outcome: 'accepted',
    raw: payload,
    list: {
      ...(enabled === undefined ? {} : { enabled: enabled.trim().toLowerCase() !== 'false' }),
      ...amountOf('longest', values.get(LONGEST.toLowerCase())),
      ...amountOf('part', values.get(PART.toLowerCase())),
    },
  }
}
