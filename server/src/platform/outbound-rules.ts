import net from 'node:net'

/** Where an outside address leads may not be where we think: these rules say which addresses a call of ours may reach (attack 15). */

/** An exception for one tenant: these addresses at this port, given by the platform's administrator. */
export interface AllowedTarget {
  /** One address or a range: `10.1.2.3`, `192.168.7.0/24`, `fd00:12::/32`. */
  readonly address: string
  readonly port: number
  /** Without TLS too. */
  readonly plain: boolean
}

const outboundRefusals = [
  'bad-address',
  'scheme-not-allowed',
  'credentials-in-address',
  'port-not-allowed',
  'plain-not-allowed',
  'private-address',
] as const
export type OutboundRefusal = (typeof outboundRefusals)[number]

/** Ports that web servers speak TLS on. Others are reached by an exception only: they may be anything. */
const PORTS: ReadonlySet<number> = new Set([443, 4443, 8443, 9443])

const NOT_PUBLIC_4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]
/** Within 2000::/3, the only range of global addresses: tunnels and documentation, which lead elsewhere or nowhere. */
const NOT_PUBLIC_6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]
/** What no exception opens: metadata of the cloud we may run in, everybody, nobody. */
const NEVER: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
  ['::ffff:0:0', 96, 'ipv6'],
  ['64:ff9b::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['2001::', 32, 'ipv6'],
]

function listOf(ranges: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): net.BlockList {
  const list = new net.BlockList()
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, family)
  return list
}

const notPublic4 = listOf(NOT_PUBLIC_4, 'ipv4')
const notPublic6 = listOf(NOT_PUBLIC_6, 'ipv6')
const global6 = listOf([['2000::', 3]], 'ipv6')
const never4 = listOf(
  NEVER.filter(([, , family]) => family === 'ipv4').map(([address, prefix]) => [address, prefix] as const),
  'ipv4',
)
const never6 = listOf(
  NEVER.filter(([, , family]) => family === 'ipv6').map(([address, prefix]) => [address, prefix] as const),
  'ipv6',
)

/** Whether an address is one of the open internet. Anything that is not plainly so, an IPv4 address in IPv6 clothes included, is not. */
export function isPublicAddress(address: string): boolean {
  const family = net.isIP(address)
  if (family === 4) return !notPublic4.check(address, 'ipv4')
  if (family !== 6 || address.includes('%')) return false
  return global6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6')
}

/** Whether an exception may name this range at all. */
export function mayBeAllowed(range: string): boolean {
  const parts = rangeOf(range)
  if (parts === undefined) return false
  const { address, prefix, family } = parts
  // Wide ranges would hold what is never allowed.
  if (prefix < (family === 4 ? 8 : 16)) return false
  return family === 4 ? !never4.check(address, 'ipv4') : !never6.check(address, 'ipv6')
}

function rangeOf(text: string): { address: string; prefix: number; family: 4 | 6 } | undefined {
  const [address = '', bits, more] = text.split('/')
  const family = net.isIP(address)
  if (more !== undefined || (family !== 4 && family !== 6) || address.includes('%')) return undefined
  const most = family === 4 ? 32 : 128
  const prefix = bits === undefined ? most : Number(bits)
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || prefix > most)) return undefined
  return { address, prefix, family }
}

function isWithin(address: string, range: string): boolean {
  const parts = rangeOf(range)
  const family = net.isIP(address)
  if (parts === undefined || parts.family !== family || address.includes('%')) return false
  const name = family === 4 ? 'ipv4' : 'ipv6'
  const never = family === 4 ? never4 : never6
  return listOf([[parts.address, parts.prefix]], name).check(address, name) && !never.check(address, name)
}

/** What can be said of an address before its name is looked up. */
export function judgeUrl(
  text: string,
  allowed: readonly AllowedTarget[],
): { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly refusal: OutboundRefusal } {
  if (!URL.canParse(text) || text.length > 2_000) return { ok: false, refusal: 'bad-address' }
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { ok: false, refusal: 'scheme-not-allowed' }
  if (url.username !== '' || url.password !== '') return { ok: false, refusal: 'credentials-in-address' }
  const literal = literalOf(url)
  if (literal !== undefined) {
    const refusal = judgeAddress(url, literal, allowed)
    return refusal === undefined ? { ok: true, url } : { ok: false, refusal }
  }
  // A name: an exception must exist that could fit once its addresses are known.
  const port = portOf(url)
  const excepted = allowed.filter((target) => target.port === port)
  if (url.protocol === 'http:' && !excepted.some((target) => target.plain))
    return { ok: false, refusal: 'plain-not-allowed' }
  if (!PORTS.has(port) && excepted.length === 0) return { ok: false, refusal: 'port-not-allowed' }
  return { ok: true, url }
}

/** Whether a call to this URL may go to this address. Undefined: it may. */
export function judgeAddress(
  url: URL,
  address: string,
  allowed: readonly AllowedTarget[],
): OutboundRefusal | undefined {
  const port = portOf(url)
  const isPlain = url.protocol !== 'https:'
  const excepted = allowed.filter((target) => target.port === port && isWithin(address, target.address))
  if (excepted.some((target) => target.plain || !isPlain)) return undefined
  if (!isPublicAddress(address) && excepted.length === 0) return 'private-address'
  if (isPlain) return 'plain-not-allowed'
  return PORTS.has(port) ? undefined : 'port-not-allowed'
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}

/** The address that stands in place of a name, in its one canonical spelling (`0x7f.1` has become `127.0.0.1` by now). */
export function literalOf(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return net.isIP(host) === 0 ? undefined : host
}
