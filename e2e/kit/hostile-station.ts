import type { Network } from './network.ts'
import { addStation } from './network.ts'
import { openStation, type StationSocket } from './station-socket.ts'
import { cut } from './xss-corpus.ts'

/** A station that puts the same hostile text wherever its version lets a station put text. */
export interface HostileStation {
  readonly id: string
  readonly number: string
  readonly socket: StationSocket
}

export async function openHostile(network: Network, n: number, text: string, siteId: string): Promise<HostileStation> {
  const identity = `HOSTILE-${n}`
  const made = await addStation(network, { identity, evses: 2, more: { siteId, ...(await named(network, text)) } })
  const protocol = n % 2 === 0 ? 'ocpp1.6' : 'ocpp2.0.1'
  const url = `${network.stationsUrl}/${identity}`
  const socket = await openStation({ url, user: identity, password: made.password, protocols: [protocol] })
  const say = protocol === 'ocpp1.6' ? say16 : say201
  for (const [action, payload] of say(text)) await socket.call(action, payload)
  // A name of no message, an id that is none, a message of the wrong form; each answered with an error.
  for (const frame of [
    [2, cut(text, 36), cut(text, 36), { text }],
    [2, 'wrong', 'StatusNotification', { connectorId: text, status: text }],
  ]) {
    socket.raw(JSON.stringify(frame))
    await socket.next(([type]) => type === 4)
  }
  return { id: made.id, number: made.number, socket }
}

/** The text as the station's name, where a name may be so. */
async function named({ rest }: Network, text: string): Promise<{ readonly name?: string }> {
  const { status } = await rest.send('POST', '/v1/sites', { name: cut(text, 60) })
  return status === 201 ? { name: cut(text, 60) } : {}
}

type Said = readonly (readonly [action: string, payload: unknown])[]
const now = (): string => Temporal.Now.instant().toString({ smallestUnit: 'second' })

function say16(text: string): Said {
  return [
    [
      'BootNotification',
      {
        chargePointVendor: cut(text, 20),
        chargePointModel: cut(text, 20),
        chargePointSerialNumber: cut(text, 25),
        firmwareVersion: cut(text, 50),
        meterType: cut(text, 25),
      },
    ],
    ['DataTransfer', { vendorId: cut(text, 255), messageId: cut(text, 50), data: text }],
    ['Authorize', { idTag: cut(text, 20) }],
    ['StartTransaction', { connectorId: 2, idTag: cut(text, 20), meterStart: 100, timestamp: now() }],
    [
      'StatusNotification',
      {
        connectorId: 1,
        status: 'Faulted',
        errorCode: 'OtherError',
        info: cut(text, 50),
        vendorId: cut(text, 255),
        vendorErrorCode: cut(text, 50),
        timestamp: now(),
      },
    ],
  ]
}

function say201(text: string): Said {
  return [
    [
      'BootNotification',
      {
        reason: 'PowerUp',
        chargingStation: {
          vendorName: cut(text, 50),
          model: cut(text, 20),
          serialNumber: cut(text, 25),
          firmwareVersion: cut(text, 50),
          modem: { iccid: cut(text, 20) },
        },
      },
    ],
    ['DataTransfer', { vendorId: cut(text, 255), messageId: cut(text, 50), data: { text } }],
    ['SecurityEventNotification', { type: cut(text, 50), timestamp: now(), techInfo: cut(text, 255) }],
    [
      'TransactionEvent',
      {
        eventType: 'Started',
        timestamp: now(),
        triggerReason: 'Authorized',
        seqNo: 0,
        transactionInfo: { transactionId: cut(text, 36) },
        idToken: {
          idToken: cut(text, 36),
          type: 'Central',
          additionalInfo: [{ additionalIdToken: cut(text, 36), type: cut(text, 50) }],
        },
        evse: { id: 2, connectorId: 1 },
      },
    ],
    ['StatusNotification', { timestamp: now(), connectorStatus: 'Faulted', evseId: 1, connectorId: 1 }],
    [
      'NotifyEvent',
      {
        generatedAt: now(),
        seqNo: 0,
        eventData: [
          {
            eventId: 1,
            timestamp: now(),
            trigger: 'Alerting',
            actualValue: cut(text, 2500),
            techCode: cut(text, 50),
            techInfo: cut(text, 500),
            eventNotificationType: 'HardWiredNotification',
            component: { name: cut(text, 50), instance: cut(text, 50), evse: { id: 1 } },
            variable: { name: 'Problem', instance: cut(text, 50) },
          },
        ],
      },
    ],
  ]
}
