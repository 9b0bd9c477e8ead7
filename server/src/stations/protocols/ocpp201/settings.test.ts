import { describe, expect, it } from 'vitest'
import { nameOf, settingsPart, targetOf, variablesRead } from './settings.ts'

const component = { name: 'OCPPCommCtrlr' }
const variable = { name: 'HeartbeatInterval' }
const part = (more: object, ...variableAttribute: readonly object[]) =>
  settingsPart({ requestId: 4, seqNo: 0, reportData: [{ component, variable, variableAttribute }], ...more })

describe('a part of a report of settings', () => {
  const name = 'OCPPCommCtrlr.HeartbeatInterval'

  it.each<[string, readonly object[], readonly object[]]>([
    ['of no type is actual', [{ value: '60' }], [{ name, value: '60', readonly: false }]],
    [
      'is the actual one of several',
      [
        { type: 'MaxSet', value: '9' },
        { type: 'Actual', value: '60' },
      ],
      [{ name, value: '60', readonly: false }],
    ],
    ['that may only be read', [{ value: '60', mutability: 'ReadOnly' }], [{ name, value: '60', readonly: true }]],
    ['that may only be written has none', [{ mutability: 'WriteOnly' }], [{ name, readonly: false }]],
    ['that is none, as a bound', [{ type: 'MaxSet', value: '9' }], []],
  ])('a value %s', (_, attributes, settings) => {
    expect(part({}, ...attributes)).toEqual({ kind: 'settings', requestId: 4, seqNo: 0, settings, last: true })
  })

  it('is the last unless more is to come, and may hold nothing', () => {
    expect(settingsPart({ requestId: 4, seqNo: 2, tbc: true })).toMatchObject({ seqNo: 2, settings: [], last: false })
    expect(part({ tbc: false })).toMatchObject({ last: true })
  })

  it('under a number that no column holds is none of ours', () => {
    const most = 2_147_483_647
    expect(part({ requestId: most, seqNo: most })).toMatchObject({ requestId: most, seqNo: most })
    expect(part({ requestId: most + 1, seqNo: most + 1 })).toMatchObject({ requestId: -1, seqNo: most })
  })
})

it('a variable is named and found by one name, with what it bears of instance and place', () => {
  const full = {
    component: { name: 'Connector', instance: 'a', evse: { id: 1, connectorId: 2 } },
    variable: { name: 'Power', instance: 'b' },
  }
  for (const target of [full, { component: { ...component, evse: { id: 3 } }, variable }, { component, variable }])
    expect(targetOf(nameOf(target.component, target.variable))).toEqual(target)
  for (const none of ['HeartbeatInterval', 'A@x.B', 'A.B.C', '.B', 'A.']) expect(targetOf(none)).toBeUndefined()
})

it('variables that were asked for are answered with their values, as far as there are some', () => {
  const result = (more: object) => ({ attributeStatus: 'Accepted', component, variable, ...more })
  const { settings } = variablesRead({ getVariableResult: [result({ attributeValue: '60' }), result({})] })
  const name = 'OCPPCommCtrlr.HeartbeatInterval'
  expect(settings).toEqual([{ name, value: '60' }, { name }])
})
