import type { Payload, Reading } from '../state.ts'
import { timestamp } from './payloads.ts'

/** A MeterValue of any version. `written`: how the version writes an amount and its unit. */
export function meterValueOf(reading: Reading, written: (amount: number, unit: string) => Payload): Payload {
  const { context } = reading
  const value = (measurand: string, amount: number, unit: string, more: Payload = {}): Payload => ({
    context,
    measurand,
    ...written(amount, unit),
    ...more,
  })
  const sampledValue = reading.measurands.flatMap((measurand): readonly Payload[] => {
    switch (measurand) {
      case 'Energy.Active.Import.Register':
        return [value(measurand, reading.registerWh, 'Wh', { location: 'Outlet' })]
      case 'Power.Active.Import':
        return [value(measurand, reading.powerW, 'W', { location: 'Outlet' })]
      case 'Current.Import':
        return reading.currentsA.map((amount, index) =>
          value(measurand, amount, 'A', { phase: `L${index + 1}`, location: 'Outlet' }),
        )
      case 'Voltage':
        return reading.currentsA.map((_, index) => value(measurand, reading.volts, 'V', { phase: `L${index + 1}-N` }))
      case 'SoC':
        return reading.socPercent === undefined
          ? []
          : [value(measurand, reading.socPercent, 'Percent', { location: 'EV' })]
      default:
        return []
    }
  })
  // A list of measurands that this EVSE has none of must still not be empty.
  const filled =
    sampledValue.length > 0 ? sampledValue : [value('Energy.Active.Import.Register', reading.registerWh, 'Wh')]
  return { timestamp: timestamp(reading.at), sampledValue: filled }
}
