import type { CommandAnswer } from '../../model.ts'
import { outcomeOf } from '../answers.ts'
import type { Incoming, Payload } from '../contract.ts'

type Settings = NonNullable<CommandAnswer['settings']>

interface Component {
  readonly name: string
  readonly instance?: string
  readonly evse?: { readonly id: number; readonly connectorId?: number }
}
interface Variable {
  readonly name: string
  readonly instance?: string
}

/** `Component[instance]@evse/connector.Variable[instance]`, as people and programs name a variable. */
export function nameOf(component: Component, variable: Variable): string {
  const evse = component.evse
  const place = evse === undefined ? '' : `@${evse.id}${evse.connectorId === undefined ? '' : `/${evse.connectorId}`}`
  return `${component.name}${bracketed(component.instance)}${place}.${variable.name}${bracketed(variable.instance)}`
}

function bracketed(instance: string | undefined): string {
  return instance === undefined ? '' : `[${instance}]`
}

const NAME = /^([^.[\]@]+)(?:\[([^\]]*)\])?(?:@(\d{1,9})(?:\/(\d{1,9}))?)?\.([^.[\]@]+)(?:\[([^\]]*)\])?$/

export interface Target {
  readonly component: Component
  readonly variable: Variable
}

/** Undefined: not a name of this form. */
export function targetOf(name: string): Target | undefined {
  const parts = NAME.exec(name)
  if (parts === null) return undefined
  const [, component = '', instance, evse, connector, variable = '', variableInstance] = parts
  return {
    component: {
      name: component,
      ...(instance === undefined ? {} : { instance }),
      ...(evse === undefined
        ? {}
        : { evse: { id: Number(evse), ...(connector === undefined ? {} : { connectorId: Number(connector) }) } }),
    },
    variable: { name: variable, ...(variableInstance === undefined ? {} : { instance: variableInstance }) },
  }
}

interface ReportData extends Target {
  readonly variableAttribute: readonly {
    readonly type?: string
    readonly value?: string
    readonly mutability?: string
  }[]
}

/** One part of what GetBaseReport or GetReport asked for. */
export function settingsPart(payload: Payload): Incoming {
  const said = payload as unknown as {
    readonly requestId: number
    readonly seqNo: number
    readonly tbc?: boolean
    readonly reportData?: readonly ReportData[]
  }
  const settings = (said.reportData ?? []).flatMap(({ component, variable, variableAttribute }) => {
    // An absent type means Actual.
    const actual = variableAttribute.find(({ type }) => type === undefined || type === 'Actual')
    if (actual === undefined) return []
    return {
      name: nameOf(component, variable),
      ...(actual.value === undefined ? {} : { value: actual.value }),
      readonly: actual.mutability === 'ReadOnly',
    }
  })
  const { requestId, seqNo } = said
  return {
    kind: 'settings',
    // Beyond 31 bits none of ours was ever asked under.
    requestId: isWithin(requestId) ? requestId : NOT_OURS,
    seqNo: isWithin(seqNo) ? seqNo : MOST,
    settings,
    last: said.tbc !== true,
  }
}

const MOST = 2_147_483_647
const NOT_OURS = -1
/** The schemas bound no integer; the database does. */
const isWithin = (number: number): boolean => Math.abs(number) <= MOST

interface VariableResult extends Target {
  readonly attributeValue?: string
}

export function variablesRead(payload: Payload): CommandAnswer {
  const results = (payload as unknown as { readonly getVariableResult: readonly VariableResult[] }).getVariableResult
  const settings: Settings = results.map((result) => ({
    name: nameOf(result.component, result.variable),
    ...(result.attributeValue === undefined ? {} : { value: result.attributeValue }),
  }))
  return { ...outcomeOf(payload), settings }
}
