import type { Station } from '../../api-types.ts'

/** One connector of a station, as its row in the form holds it. */
export interface PlugForm {
  readonly evse: number
  readonly connector: number
  /** Empty: nobody said yet what it is. */
  readonly type: string
  readonly kilowatts: string
  readonly format?: string | undefined
}

type Plugs = readonly PlugForm[]

/** A row for each connector; an EVSE that was only reported may have none yet. */
export function plugsOf({ evses }: Station): Plugs {
  return evses.flatMap((evse) => {
    const plugs = evse.connectors.length === 0 ? [{ id: 1, type: null }] : evse.connectors
    return plugs.map((plug) => ({
      evse: evse.id,
      connector: plug.id,
      type: plug.type ?? '',
      kilowatts: 'maxPowerW' in plug && plug.maxPowerW !== undefined ? String(plug.maxPowerW / 1000) : '',
      format: 'format' in plug ? plug.format : undefined,
    }))
  })
}

/** One more EVSE, like the last. */
export function withOneMore(plugs: Plugs): Plugs {
  const { type, kilowatts } = plugs.at(-1) ?? { type: 'IEC_62196_T2', kilowatts: '22' }
  const evse = Math.max(0, ...plugs.map((plug) => plug.evse)) + 1
  return [...plugs, { evse, connector: 1, type, kilowatts }]
}

/** What of it is sent: EVSEs of which anything differs, whole, and those that are no longer there. */
export function changesOfPlugs(before: Plugs, now: Plugs): object {
  const textOf = (plugs: Plugs, evse: number): string => JSON.stringify(plugs.filter((plug) => plug.evse === evse))
  const had = new Set(before.map(({ evse }) => evse))
  const has = new Set(now.map(({ evse }) => evse))
  const changed = [...has].filter((evse) => textOf(before, evse) !== textOf(now, evse))
  const gone = [...had].filter((evse) => !has.has(evse))
  return {
    ...(changed.length === 0 ? {} : { evses: changed.map((id) => ({ id, connectors: connectorsOf(now, id) })) }),
    ...(gone.length === 0 ? {} : { removeEvses: gone }),
  }
}

function connectorsOf(plugs: Plugs, id: number) {
  return plugs
    .filter(({ evse }) => evse === id)
    .map(({ connector, type, format, kilowatts }) => {
      const maxPowerW = Math.round(Number(kilowatts.replace(',', '.')) * 1000)
      const power = maxPowerW > 0 ? { maxPowerW } : {}
      return { id: connector, type, ...(format === undefined ? {} : { format }), ...power }
    })
}
