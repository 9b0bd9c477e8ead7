import { describe, expect, it } from 'vitest'
import { checkPayload } from '../../../../ocpp/index.ts'
import type { StationCommand } from '../model.ts'
import { masked, shortened } from '../rules/mask.ts'
import { protocols } from './index.ts'

const validUntil = '2027-01-01T00:00:00.5+02:00'
const list: StationCommand = {
  kind: 'send-list',
  version: 7,
  full: false,
  entries: [
    { idToken: { uid: '04AABBCC' }, info: { verdict: 'accepted', groupUid: 'FAMILY', validUntil } },
    { idToken: { uid: 'DE-1', type: 'eMAID' }, info: { verdict: 'no-credit', groupUid: 'x'.repeat(60) } },
    { idToken: { uid: '04AABBDD' } },
  ],
}

/** OCPP 1.6, 5.15 and 6.39; OCPP 2.0.1 part 2, D01; reference sheet, 3, Local list. */
describe.each(protocols)('local lists in $version', (protocol) => {
  const is16 = protocol.version === 'ocpp1.6'

  it('are sent as the version writes them: an entry without info is taken out', () => {
    const calls = protocol.commandTo(list, { requestId: 1 })
    if (calls === 'not-supported') throw new Error('not supported')
    expect(calls.map(({ action, payload }) => checkPayload(protocol.version, action, 'request', payload))).toEqual([
      undefined,
    ])
    expect(calls[0]?.payload).toEqual(
      is16
        ? {
            listVersion: 7,
            updateType: 'Differential',
            localAuthorizationList: [
              {
                idTag: '04AABBCC',
                idTagInfo: { status: 'Accepted', expiryDate: '2026-12-31T22:00:00.5Z', parentIdTag: 'FAMILY' },
              },
              { idTag: 'DE-1', idTagInfo: { status: 'Blocked' } },
              { idTag: '04AABBDD' },
            ],
          }
        : {
            versionNumber: 7,
            updateType: 'Differential',
            localAuthorizationList: [
              {
                idToken: { idToken: '04AABBCC', type: 'ISO14443' },
                idTokenInfo: {
                  status: 'Accepted',
                  cacheExpiryDateTime: '2026-12-31T22:00:00.5Z',
                  groupIdToken: { idToken: 'FAMILY', type: 'Central' },
                },
              },
              { idToken: { idToken: 'DE-1', type: 'eMAID' }, idTokenInfo: { status: 'NoCredit' } },
              { idToken: { idToken: '04AABBDD', type: 'ISO14443' } },
            ],
          },
    )
  })

  it('are emptied by a full one without entries, which still has a version', () => {
    const calls = protocol.commandTo({ kind: 'send-list', version: 8, full: true, entries: [] }, { requestId: 1 })
    const payload = calls === 'not-supported' ? {} : calls[0]?.payload
    expect(payload).toEqual({ [is16 ? 'listVersion' : 'versionNumber']: 8, updateType: 'Full' })
  })

  it('say their version and limits, where the station tells them', () => {
    const read = { kind: 'read-list' } as const
    const said = (payload: object) => protocol.answerFrom(read, payload as Record<string, unknown>).list
    expect(said(is16 ? { listVersion: -1 } : { versionNumber: 0 })).toEqual({ version: is16 ? -1 : 0 })
    expect(said(is16 ? settings16 : variables2)).toEqual(
      is16 ? { enabled: false, longest: 500, part: 20 } : { enabled: false, part: 9 },
    )
    expect(said(is16 ? { unknownKey: ['LocalAuthListEnabled'] } : unknown2)).toEqual({})
  })

  it.each([
    ['Accepted', 'accepted'],
    ['Failed', 'rejected'],
    ['VersionMismatch', 'rejected'],
    ['NotSupported', 'not-supported'],
  ])('answered %s are %s', (status, outcome) => {
    expect(protocol.answerFrom(list, { status })).toMatchObject({ status, outcome })
  })
})

const settings16 = {
  configurationKey: [
    { key: 'LocalAuthListEnabled', readonly: false, value: 'False' },
    { key: 'localauthlistmaxlength', readonly: true, value: '500' },
    { key: 'SendLocalListMaxLength', readonly: true, value: '20' },
  ],
}

function variable(name: string, attributeStatus: string, attributeValue?: string) {
  const component = { name: 'LocalAuthListCtrlr' }
  return {
    component,
    variable: { name },
    attributeStatus,
    ...(attributeValue === undefined ? {} : { attributeValue }),
  }
}
const variables2 = {
  getVariableResult: [
    variable('Enabled', 'Accepted', 'false'),
    variable('itemspermessage', 'Accepted', '9'),
    variable('BytesPerMessage', 'Accepted', '4000'),
  ],
}
const unknown2 = {
  getVariableResult: [variable('Enabled', 'UnknownComponent'), variable('ItemsPerMessage', 'Accepted', 'many')],
}

describe('long lists in what people see', () => {
  it('are shortened, and no card stands whole in them', () => {
    const entries = Array.from({ length: 50 }, (_, index) => ({ idToken: { uid: `04AABBCC${index + 10}` } }))
    const shown = masked(shortened({ ...list, entries })) as { entries: unknown[]; notShown: number }
    expect(shown).toMatchObject({ notShown: 30 })
    expect(shown.entries).toHaveLength(20)
    expect(JSON.stringify(masked(shortened(list)))).not.toMatch(/04AABB|FAMILY/)
    const call = { action: 'SendLocalList', payload: { listVersion: 1, localAuthorizationList: entries } }
    expect(shortened(call).payload).toMatchObject({ listVersion: 1, notShown: 30 })
  })
})
