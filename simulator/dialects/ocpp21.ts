import type { Message, StationState } from '../state.ts'
import type { Call, Dialect } from './dialect.ts'
import { ocpp201 } from './ocpp201.ts'
import { connectorStatus, notifyEvent, render } from './ocpp2-messages.ts'
import { timestamp } from './payloads.ts'

/** OCPP 2.1: 2.0.1 with changes. StatusNotification is deprecated; connector states are told as events. */
export const ocpp21: Dialect = {
  ...ocpp201,
  protocol: 'ocpp2.1',
  render: render21,
}

function render21(message: Message, state: StationState): Call {
  if (message.kind !== 'status' || message.isAskedFor || !state.statusByEvent) return render(message, state)
  return {
    action: 'NotifyEvent',
    payload: notifyEvent(message.at, {
      // Unique enough for one station: the moment and the place.
      eventId: (Math.floor(message.at / 10) % 10_000_000) * 100 + message.evse * 10 + message.connector,
      timestamp: timestamp(message.at),
      trigger: 'Delta',
      actualValue: connectorStatus(message.status, message.isPlugged),
      eventNotificationType: 'HardWiredNotification',
      component: { name: 'Connector', evse: { id: message.evse, connectorId: message.connector } },
      variable: { name: 'AvailabilityState' },
    }),
  }
}
