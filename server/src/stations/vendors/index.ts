import type { Texts } from '../../platform/index.ts'
import type { Device, OcppVersion, VendorRules } from './contract.ts'
import { exempla } from './exempla/index.ts'
import { nordlade } from './nordlade/index.ts'
import { asMeant, repaired } from './repair.ts'

export type { Device, VendorRules } from './contract.ts'

/** Every vendor whose stations need rules. A new one is a folder and a row here. */
export const vendors: readonly VendorRules[] = [exempla, nordlade]

/** The rules of a station; the first row that fits. Undefined: it needs none, and nothing is done for it. */
export function vendorOf(device: Device | undefined, version: OcppVersion): VendorRules | undefined {
  if (device === undefined) return undefined
  return vendors.find(({ stations: { vendor, model, firmware, versions } }) => {
    if (!vendor.test(device.vendor)) return false
    if (model !== undefined && !model.test(device.model)) return false
    if (firmware !== undefined && !firmware.test(device.firmware ?? '')) return false
    return versions === undefined || versions.includes(version)
  })
}

type Members = Readonly<Record<string, unknown>>

/** The vendor's rules on one station's way in. A boot says whose they are, also one that does not fit its schema. */
export interface VendorBorder {
  readonly repair: (action: string, payload: Members) => Members | undefined
  readonly asMeant: <T extends { readonly action: string; readonly payload: Members }>(call: T) => T
}

export function vendorBorder(version: OcppVersion, known: VendorRules | undefined): VendorBorder {
  let rules = known
  return {
    repair(action, payload) {
      if (action === 'BootNotification') rules = vendorOf(deviceIn(payload), version)
      return rules === undefined ? undefined : repaired(rules, action, payload)
    },
    asMeant(call) {
      if (call.action === 'BootNotification') rules = vendorOf(deviceIn(call.payload), version)
      if (rules === undefined) return call
      const payload = asMeant(rules, call.action, call.payload)
      return payload === call.payload ? call : { ...call, payload }
    },
  }
}

/** What a boot says of the station, in either family's words, whatever else is wrong with it. */
function deviceIn(payload: Members): Device | undefined {
  const inner = payload['chargingStation']
  const said = typeof inner === 'object' && inner !== null ? (inner as Members) : payload
  const text = (...names: readonly string[]): string | undefined =>
    names.map((name) => said[name]).find((value) => typeof value === 'string')
  const vendor = text('chargePointVendor', 'vendorName')
  if (vendor === undefined) return undefined
  const firmware = text('firmwareVersion')
  return { vendor, model: text('chargePointModel', 'model') ?? '', ...(firmware === undefined ? {} : { firmware }) }
}

/** The key of the text that says what a vendor's own error code means; undefined: nobody told us. */
export function vendorErrorKey(vendor: string, code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  const rules = vendors.find(({ stations }) => stations.vendor.test(vendor))
  if (rules === undefined || !Object.hasOwn(rules.errors, code)) return undefined
  return `stations.vendors.${rules.name}.error.${rules.errors[code]}`
}

/** What a vendor's own error code means and what to do, in the words of a language; for alerts. */
export function vendorTextOf(texts: Texts) {
  return (language: string, said: { readonly vendor: string; readonly vendorErrorCode?: string }) => {
    const key = vendorErrorKey(said.vendor, said.vendorErrorCode)
    return key === undefined ? undefined : texts.find(language, key)
  }
}
