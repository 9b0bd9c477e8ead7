import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { type LogLevel, logLevels } from './platform/index.ts'

/** Every setting there is: name, what it means, and how its text is read. `docs/settings.md` is made from this table. */
interface Setting<T> {
  readonly about: string
  /** The default in words, for the docs. */
  readonly otherwise: string
  readonly read: (text: string | undefined) => T
  readonly secret?: boolean
}

export const roleNames = ['gateway', 'api', 'worker'] as const
/** Settings that do not say "this is no demo". */
const unremarkable = ['HOST', 'PORT', 'OPS_PORT', 'DATA_DIR', 'LOG_LEVEL'] as const
export type Role = (typeof roleNames)[number]

export const settings = {
  HOST: row(
    'Address to listen on.',
    '`127.0.0.1`; all addresses with `npm start -- --lan`, whatever is set',
    (text) => text ?? '127.0.0.1',
  ),
  PORT: row('Port of portals, REST and stations.', '`8080`', (text) => whole(text, 8080, 1, 65_535)),
  TLS_PORT: row(
    'Port for TLS. Not built yet: people connect through a proxy that ends TLS; a station behind one counts as plain and needs `plainUntil`.',
    'none',
    (text) => absent(text, 'TLS is not built yet: put a proxy that ends TLS in front, and leave TLS_PORT out'),
  ),
  TLS_CERT: row('Certificate for TLS. Not built yet.', 'none', (text) =>
    absent(text, 'TLS is not built yet: leave TLS_CERT out'),
  ),
  TLS_KEY: row('Key for TLS. Not built yet.', 'none', (text) =>
    absent(text, 'TLS is not built yet: leave TLS_KEY out'),
  ),
  STATION_CA: row('Authority of station certificates. Not built yet.', 'none', (text) =>
    absent(text, 'station certificates are not built yet: leave STATION_CA out'),
  ),
  PUBLIC_URL: row(
    'Address under which people and stations find this installation.',
    'made from `HOST` and `PORT`',
    httpUrl,
  ),
  DATABASE_URL: row(
    'An outside PostgreSQL 18, as the program connects: a login that owns nothing.',
    'embedded PostgreSQL',
    postgresUrl,
    true,
  ),
  DATABASE_OWNER_URL: row(
    'The same database as its owner, for migrations and partitions. Needed with `DATABASE_URL`.',
    'none',
    postgresUrl,
    true,
  ),
  LATAAMO_SECRET: row(
    'Wraps all keys of the installation. Lose it and the data cannot be read.',
    'made at the first start, kept in `DATA_DIR/secret`',
    (text) => secret(text, 16),
    true,
  ),
  LATAAMO_PLATFORM_KEY: row(
    'Key of the platform’s first administrator.',
    'made at the first start, kept in `DATA_DIR/platform-key`',
    (text) => secret(text, 16),
    true,
  ),
  DATA_DIR: row('Where the data lies.', '`data/` in the working directory', (text) => path.resolve(text ?? 'data')),
  ROLES: row('What this process does: a list of `gateway`, `api`, `worker`.', 'all three', rolesFrom),
  DEMO: row(
    '`on` or `off`: a demo with two tenants and forty simulated stations. Decided at the first start and kept with the data.',
    `\`on\` when nothing but ${unremarkable.map((name) => `\`${name}\``).join(', ')} is set, else \`off\``,
    (text) => oneOf(text, ['on', 'off']),
  ),
  NATS_URL: row('A bus between nodes. Not built yet: PostgreSQL carries the hints.', 'none', (text) =>
    absent(text, 'a NATS bus is not built yet: leave NATS_URL out'),
  ),
  SMTP_URL: row('Mail server. Not built yet: links are printed or shown instead.', 'none', (text) =>
    absent(text, 'mail is not built yet: leave SMTP_URL out'),
  ),
  OPS_PORT: row('Port of metrics and health, on loopback only.', '`9464`', (text) => whole(text, 9464, 0, 65_535)),
  TRUSTED_PROXIES: row(
    'Addresses of proxies whose forwarding headers count, separated by commas.',
    'none',
    proxiesFrom,
  ),
  STATION_MESSAGES_PER_SECOND: row(
    'How many messages a second one station may send before its socket is read more slowly.',
    '`50`',
    (text) => whole(text, 50, 1, 100_000),
  ),
  LOG_LEVEL: row(
    `How much is logged: ${logLevels.join(', ')}.`,
    '`warn`',
    (text) => oneOf(text, logLevels) ?? ('warn' as LogLevel),
  ),
} satisfies Record<string, Setting<unknown>>

type Settings = { readonly [N in keyof typeof settings]: ReturnType<(typeof settings)[N]['read']> }

export type Config = Settings & {
  /** True when no setting says otherwise: the demo is on at a first start. */
  readonly bare: boolean
}

/** A wrong setting, in a sentence that names it. */
export class WrongSetting extends Error {}

/** Names that others own and we do not judge, among those that look like ours. */
const OURS = /^(LATAAMO_|STATION_|TLS_|DATABASE_)/
const FOR_THE_COMMAND_LINE = new Set(['LATAAMO_URL', 'LATAAMO_KEY'])

/** The environment as one checked value. Throws WrongSetting for the first setting that is unknown or malformed. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  for (const name of Object.keys(environment)) {
    if (OURS.test(name) && !(name in settings) && !FOR_THE_COMMAND_LINE.has(name)) {
      throw new WrongSetting(`${name} is not a setting of Lataamo${nearest(name)}. docs/settings.md lists them all.`)
    }
  }
  const given = (name: string): string | undefined =>
    environment[name]?.trim() === '' ? undefined : environment[name]?.trim()
  const entries = Object.entries(settings).map(([name, setting]) => {
    try {
      return [name, setting.read(given(name))]
    } catch (error) {
      throw new WrongSetting(`${name} ${(error as Error).message}.`)
    }
  })
  const config = Object.fromEntries(entries) as Settings
  if (config.DATABASE_OWNER_URL !== undefined && config.DATABASE_URL === undefined) {
    throw new WrongSetting(
      'DATABASE_OWNER_URL is set without DATABASE_URL: set both, or neither for the embedded PostgreSQL.',
    )
  }
  if (config.OPS_PORT === config.PORT)
    throw new WrongSetting(`OPS_PORT is ${config.PORT}, and so is PORT: metrics need a port of their own.`)
  const bare = Object.keys(settings).every(
    (name) => given(name) === undefined || unremarkable.some((one) => one === name),
  )
  return { ...config, bare }
}

function row<T>(about: string, otherwise: string, read: (text: string | undefined) => T, hidden = false): Setting<T> {
  return { about, otherwise, read, ...(hidden ? { secret: true } : {}) }
}

function whole(text: string | undefined, otherwise: number, least: number, most: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new Error(`is "${text}": set a whole number from ${least} to ${most}`)
  return value
}

function oneOf<T extends string>(text: string | undefined, allowed: readonly T[]): T | undefined {
  if (text === undefined) return undefined
  const found = allowed.find((value) => value === text)
  if (found === undefined) throw new Error(`is "${text}": set one of ${allowed.join(', ')}`)
  return found
}

function rolesFrom(text: string | undefined): readonly Role[] {
  if (text === undefined) return roleNames
  return text.split(',').map((part) => {
    const role = roleNames.find((name) => name === part.trim())
    if (role === undefined) throw new Error(`names "${part.trim()}": set a list of ${roleNames.join(', ')}`)
    return role
  })
}

/** Addresses, or networks with the length of their prefix. */
function proxiesFrom(text: string | undefined): readonly string[] {
  const parts = (text ?? '').split(',').map((part) => part.trim())
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [address = '', prefix = '1', ...more] = part.split('/')
      const most = { 4: 32, 6: 128 }[net.isIP(address)]
      if (most === undefined || !/^[1-9]\d{0,2}$/.test(prefix) || Number(prefix) > most || more.length > 0)
        throw new Error(`names "${part}": set addresses such as 10.0.0.5 or 10.0.0.0/8, separated by commas`)
      return part
    })
}

function httpUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new Error(`is "${text}": set an address such as https://charge.example.com`)
  const { origin, pathname, search, hash, username } = new URL(text)
  if (pathname.replaceAll('/', '') !== '' || `${search}${hash}${username}` !== '')
    throw new Error(`is "${text}": Lataamo answers at the root of a host of its own; set ${origin}`)
  return text.replace(/\/+$/, '')
}

function postgresUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol)) {
    throw new Error('is no PostgreSQL address: set one such as postgres://user:password@host:5432/lataamo')
  }
  return text
}

function secret(text: string | undefined, least: number): string | undefined {
  if (text !== undefined && text.length < least)
    throw new Error(`is too short: set at least ${least} characters, best made at random`)
  return text
}

function absent(text: string | undefined, sentence: string): undefined {
  if (text !== undefined) throw new Error(`is set, but ${sentence}`)
  return undefined
}

/** A hint for a slip: the setting that shares most of its beginning. */
function nearest(name: string): string {
  const shared = (other: string): number => other.split('').findIndex((letter, n) => letter !== name[n])
  const best = Object.keys(settings).sort((a, b) => Math.abs(shared(b)) - Math.abs(shared(a)))[0]
  return best !== undefined && Math.abs(shared(best)) >= 4 ? ` (did you mean ${best}?)` : ''
}

type SecretName = 'LATAAMO_SECRET' | 'LATAAMO_PLATFORM_KEY'

const secretFile = (config: Config, name: SecretName): string =>
  path.join(config.DATA_DIR, name === 'LATAAMO_SECRET' ? 'secret' : 'platform-key')

/** The secret or key of a name: from the environment, else from its file in the data folder. Undefined: there is none yet. */
export function knownSecret(config: Config, name: SecretName): string | undefined {
  return config[name] ?? keptSecret(secretFile(config, name), name)
}

/** The same, made and kept at the first start. */
export function secretOf(config: Config, name: SecretName, make: () => string): string {
  const known = knownSecret(config, name)
  if (known !== undefined) return known
  const file = secretFile(config, name)
  const fresh = `${file}.${process.pid}`
  fs.writeFileSync(fresh, `${make()}\n`, { mode: 0o600, flush: true })
  // A link fails where the file exists by now, so that two starts never use two secrets.
  try {
    fs.linkSync(fresh, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  fs.rmSync(fresh)
  return fs.readFileSync(file, 'utf8').trim()
}

/** Undefined: there is no file. An empty one, as a full disk or a copy that broke off may leave, would open nothing and protect nothing. */
function keptSecret(file: string, name: string): string | undefined {
  let kept: string
  try {
    kept = fs.readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
  if (kept !== '') return kept
  throw new Error(
    `${file} is empty: bring it back from your copy, or set ${name} as it was; remove the file only where nothing was kept under it.`,
  )
}
