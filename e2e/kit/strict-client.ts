import { RPCClient } from 'ocpp-rpc'

/** A station nobody here wrote (`ocpp-rpc`), strict about every frame it sends and takes. */
export interface StrictClient {
  call(action: string, payload: object): Promise<Readonly<Record<string, unknown>>>
  /** What the server asked of it, in order. */
  readonly asked: readonly string[]
  /** CALLERRORs of either side, frames that fit no schema, frames that are none. */
  readonly faults: readonly string[]
  close(): Promise<void>
}

export interface StrictWishes {
  /** Where the tenant's stations connect. */
  readonly endpoint: string
  readonly identity: string
  readonly password: string
  readonly protocol: 'ocpp1.6' | 'ocpp2.0.1'
}

type Answer = (params: Readonly<Record<string, unknown>>) => object

/** What the server may ask of it, each answered as the version's schema wants it. */
const answers: Readonly<Record<StrictWishes['protocol'], Readonly<Record<string, Answer>>>> = {
  'ocpp1.6': {
    RemoteStopTransaction: () => ({ status: 'Accepted' }),
    GetConfiguration: () => ({ configurationKey: [], unknownKey: [] }),
    ChangeConfiguration: () => ({ status: 'Accepted' }),
    TriggerMessage: () => ({ status: 'Rejected' }),
    GetLocalListVersion: () => ({ listVersion: -1 }),
    ClearCache: () => ({ status: 'Accepted' }),
  },
  'ocpp2.0.1': {
    GetBaseReport: () => ({ status: 'NotSupported' }),
    SetVariables: ({ setVariableData }) => ({
      setVariableResult: (setVariableData as readonly Record<string, unknown>[]).map(({ component, variable }) => ({
        attributeStatus: 'Accepted',
        component,
        variable,
      })),
    }),
    GetVariables: ({ getVariableData }) => ({
      getVariableResult: (getVariableData as readonly Record<string, unknown>[]).map(({ component, variable }) => ({
        attributeStatus: 'UnknownVariable',
        component,
        variable,
      })),
    }),
    TriggerMessage: () => ({ status: 'Rejected' }),
    GetLocalListVersion: () => ({ versionNumber: 0 }),
    ClearCache: () => ({ status: 'Accepted' }),
  },
}

const CALLERROR = 4

export async function openStrictClient(wishes: StrictWishes): Promise<StrictClient> {
  const { endpoint, identity, password, protocol } = wishes
  const client = new RPCClient({
    endpoint,
    identity,
    password,
    protocols: [protocol],
    strictMode: true,
    reconnect: false,
  } as unknown as ConstructorParameters<typeof RPCClient>[0])
  const faults: string[] = []
  const asked: string[] = []
  client.on('strictValidationFailure', (fault: unknown) => faults.push(`${identity}: ${JSON.stringify(fault)}`))
  client.on('badMessage', ({ error }: { error: unknown }) => faults.push(`${identity}: ${String(error)}`))
  client.on('message', ({ message }: { message: unknown }) => {
    const text = String(message)
    if ((JSON.parse(text) as readonly unknown[])[0] === CALLERROR) faults.push(`${identity}: ${text}`)
  })
  for (const [action, answer] of Object.entries(answers[protocol])) {
    client.handle(action, async ({ params }: { params?: unknown }) => {
      asked.push(action)
      return answer((params ?? {}) as Record<string, unknown>)
    })
  }
  await client.connect()
  return {
    call: async (action, payload) => (await client.call(action, payload)) as Record<string, unknown>,
    asked,
    faults,
    close: async () => void (await client.close()),
  }
}
