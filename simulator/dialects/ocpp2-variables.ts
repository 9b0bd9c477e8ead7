import { type SettingKey, settingKeys, settingRows } from '../settings.ts'
import type { EvseSpec, Payload, StationState } from '../state.ts'
import { statusOf } from '../status.ts'
import { findEvse, stationTime, textSetting, type Turn } from '../turn.ts'
import { writeSetting } from '../remote-control.ts'
import { connectorStatus } from './ocpp2-messages.ts'
import { compact, items, part, text, timestamp, whole } from './payloads.ts'

/** The device model of a 2.x station: its settings, and what it is made of. */

interface Place {
  readonly component: string
  readonly evse?: number
  readonly connector?: number
  readonly variable: string
  readonly instance?: string
}

interface Variable extends Place {
  /** Undefined: cannot be read. */
  readonly value: string | undefined
  readonly mutability: 'ReadOnly' | 'WriteOnly' | 'ReadWrite'
  readonly dataType: 'string' | 'integer' | 'decimal' | 'boolean' | 'dateTime' | 'OptionList' | 'MemberList'
  readonly valuesList?: string
  readonly maxLimit?: number
  readonly key?: SettingKey
}

const dataTypes = { integer: 'integer', boolean: 'boolean', string: 'string', list: 'MemberList' } as const

/** OCPP 2.x names for the connector types of OCPI; others are told as they are. */
const connectorTypes = new Map([
  ['IEC_62196_T2', 'sType2'],
  ['IEC_62196_T2_COMBO', 'cCCS2'],
  ['CHADEMO', 'cG105'],
  ['IEC_62196_T1', 'cType1'],
  ['IEC_62196_T1_COMBO', 'cCCS1'],
])

export function variablesOf(state: StationState, at: number): readonly Variable[] {
  const fixed = (place: Place, value: string, dataType: Variable['dataType'] = 'string'): Variable => {
    return { ...place, value, mutability: 'ReadOnly', dataType }
  }
  return [
    ...settingKeys.flatMap((key) => settingVariable(state, key)),
    fixed({ component: 'ChargingStation', variable: 'VendorName' }, state.vendor),
    fixed({ component: 'ChargingStation', variable: 'Model' }, state.model),
    fixed({ component: 'ChargingStation', variable: 'SerialNumber' }, state.serial),
    fixed({ component: 'ChargingStation', variable: 'AvailabilityState' }, stationState(state), 'OptionList'),
    fixed({ component: 'SecurityCtrlr', variable: 'Identity' }, state.identity),
    fixed({ component: 'ClockCtrlr', variable: 'DateTime' }, timestamp(stationTime(state, at)), 'dateTime'),
    ...state.evses.flatMap(({ spec }) => evseVariables(state, spec, fixed)),
  ]
}

function settingVariable(state: StationState, key: SettingKey): readonly Variable[] {
  const row = settingRows[key]
  const name = /^(\w+)\.(\w+)(?:\[(\w+)\])?$/.exec(row.ocpp2 ?? '')
  const [, component, variable, instance] = name ?? []
  if (component === undefined || variable === undefined) return []
  return [
    {
      component,
      variable,
      ...(instance === undefined ? {} : { instance }),
      value: row.isSecret === true ? undefined : textSetting(state, key),
      mutability: row.isSecret === true ? 'WriteOnly' : row.isReadonly === true ? 'ReadOnly' : 'ReadWrite',
      dataType: dataTypes[row.type],
      ...(row.members === undefined ? {} : { valuesList: row.members.join(',') }),
      key,
    },
  ]
}

function stationState(state: StationState): string {
  return state.inoperative.includes('station') ? 'Unavailable' : 'Available'
}

type Fixed = (place: Place, value: string, dataType?: Variable['dataType']) => Variable

function evseVariables(state: StationState, spec: EvseSpec, fixed: Fixed): readonly Variable[] {
  const evse = spec.id
  const type = connectorTypes.get(spec.connectorType) ?? spec.connectorType
  return [
    fixed({ component: 'EVSE', evse, variable: 'AvailabilityState' }, told(state, evse, 1), 'OptionList'),
    fixed({ component: 'EVSE', evse, variable: 'SupplyPhases' }, `${spec.phases}`, 'integer'),
    { ...fixed({ component: 'EVSE', evse, variable: 'Power' }, '0', 'decimal'), maxLimit: spec.maxPowerW },
    ...Array.from({ length: spec.connectors }, (_, index) => index + 1).flatMap((connector) => [
      fixed(
        { component: 'Connector', evse, connector, variable: 'AvailabilityState' },
        told(state, evse, connector),
        'OptionList',
      ),
      fixed({ component: 'Connector', evse, connector, variable: 'ConnectorType' }, type),
      fixed({ component: 'Connector', evse, connector, variable: 'SupplyPhases' }, `${spec.phases}`, 'integer'),
    ]),
  ]
}

function told(state: StationState, evseId: number, connector: number): string {
  const evse = findEvse(state, evseId)
  return evse === undefined
    ? 'Unavailable'
    : connectorStatus(statusOf(state, evse, connector), evse.connector === connector)
}

export function getVariables(turn: Turn, payload: Payload): Payload {
  const variables = variablesOf(turn.state, turn.at)
  const getVariableResult = items(payload, 'getVariableData').map((asked) => {
    const place = named(asked)
    const isActual = (text(asked, 'attributeType') ?? 'Actual') === 'Actual'
    const found = variables.find((variable) => isSamePlace(variable, place))
    if (found === undefined) return { ...place.as, attributeStatus: unknownOf(variables, place) }
    if (!isActual)
      return { ...place.as, attributeType: text(asked, 'attributeType'), attributeStatus: 'NotSupportedAttributeType' }
    if (found.value === undefined) return { ...place.as, attributeStatus: 'Rejected' }
    return { ...place.as, attributeStatus: 'Accepted', attributeValue: found.value }
  })
  return { getVariableResult }
}

export function setVariables(turn: Turn, payload: Payload): Payload {
  const setVariableResult = items(payload, 'setVariableData').map((wish) => {
    const place = named(wish)
    const variables = variablesOf(turn.state, turn.at)
    const found = variables.find((variable) => isSamePlace(variable, place))
    if (found === undefined) return { ...place.as, attributeStatus: unknownOf(variables, place) }
    if ((text(wish, 'attributeType') ?? 'Actual') !== 'Actual') {
      return { ...place.as, attributeType: text(wish, 'attributeType'), attributeStatus: 'NotSupportedAttributeType' }
    }
    if (found.key === undefined) return { ...place.as, attributeStatus: 'Rejected' }
    return { ...place.as, attributeStatus: writeSetting(turn, found.key, text(wish, 'attributeValue') ?? '') }
  })
  return { setVariableResult }
}

interface Named extends Place {
  /** As the central system wrote it, for the answer. */
  readonly as: Payload
}

export function named(asked: Payload): Named {
  const component = part(asked, 'component') ?? {}
  const variable = part(asked, 'variable')
  const evse = part(component, 'evse')
  return {
    component: text(component, 'name') ?? '',
    variable: variable === undefined ? '' : (text(variable, 'name') ?? ''),
    ...compact({
      evse: evse === undefined ? undefined : whole(evse, 'id'),
      connector: evse === undefined ? undefined : whole(evse, 'connectorId'),
      instance: variable === undefined ? undefined : text(variable, 'instance'),
    }),
    as: compact({ component, variable }),
  }
}

/** Names are compared without case (OCPP 2.0.1 part 2, B06). */
function isSamePlace(left: Place, right: Place): boolean {
  return isSameComponent(left, right) && isSame(left.variable, right.variable) && isSame(left.instance, right.instance)
}

export function isSameComponent(left: Place, right: Place): boolean {
  return isSame(left.component, right.component) && left.evse === right.evse && left.connector === right.connector
}

function isSame(left: string | undefined, right: string | undefined): boolean {
  return left?.toLowerCase() === right?.toLowerCase()
}

function unknownOf(variables: readonly Variable[], place: Place): string {
  return variables.some((variable) => isSameComponent(variable, place)) ? 'UnknownVariable' : 'UnknownComponent'
}

/** One line of a NotifyReport. */
export function reportLine(variable: Variable): Payload {
  const { component, evse, connector, instance, value, mutability, dataType, valuesList, maxLimit } = variable
  return {
    component: compact({
      name: component,
      evse: evse === undefined ? undefined : compact({ id: evse, connectorId: connector }),
    }),
    variable: compact({ name: variable.variable, instance }),
    variableAttribute: [
      compact({ type: 'Actual', value, mutability, persistent: variable.key !== undefined, constant: false }),
    ],
    variableCharacteristics: compact({ dataType, supportsMonitoring: false, valuesList, maxLimit }),
  }
}
