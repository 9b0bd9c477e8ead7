/** What must never be shown whole: tokens keep their last four characters, secrets (PINs too) keep nothing. */
const TOKEN_MEMBERS = new Set([
  'idTag',
  'parentIdTag',
  'idToken',
  'uid',
  'additionalIdToken',
  'groupIdToken',
  'groupUid',
])
const SECRET_MEMBERS = new Set([
  'password',
  'basicAuthPassword',
  'authorizationKey',
  'apnPassword',
  'simPin',
  'preSharedKey',
])
const SECRET_SETTING = /password|authorizationkey|secret|privatekey/i
/** Members that carry a setting's value beside its name. */
const VALUE_MEMBERS = new Set(['value', 'attributeValue', 'actualValue'])

const HIDDEN = '•••'

function maskedToken(uid: string): string {
  return uid.length <= 4 ? HIDDEN : `${HIDDEN}${uid.slice(-4)}`
}

function isSecretSetting(name: string): boolean {
  return SECRET_SETTING.test(name)
}

/** The station's own key, by which it signs in. */
export function isCredentialSetting(name: string): boolean {
  return /authorizationkey|basicauthpassword/i.test(name)
}

export function isSecretMember(name: string): boolean {
  return SECRET_MEMBERS.has(name)
}

/** `ftp://user:password@host/…`. Begins at the slashes: to look for the scheme before them would take the square of a long text's length. */
const URL_PASSWORD = /(:\/\/[^\s/:@]*):[^\s/@]+@/g

export function hasUrlPassword(text: string): boolean {
  return text.search(URL_PASSWORD) >= 0
}

/** Entries of a local list that are kept for people to see: a list may be long, and is sent in many parts. */
const SHOWN_ENTRIES = 20
const LIST_MEMBERS = new Set(['entries', 'localAuthorizationList'])

/** A command or call that brings a long list, with the list's beginning and how many more there were. */
export function shortened<T>(value: T): T {
  if (Array.isArray(value)) return value.map(shortened) as T
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).flatMap(([name, member]) => {
    if (!LIST_MEMBERS.has(name) || !Array.isArray(member) || member.length <= SHOWN_ENTRIES) {
      return [[name, name === 'payload' ? shortened(member as unknown) : (member as unknown)]]
    }
    return [
      [name, member.slice(0, SHOWN_ENTRIES)],
      ['notShown', member.length - SHOWN_ENTRIES],
    ]
  })
  return Object.fromEntries(members) as T
}

/** A payload or command as people may see it. The shape stays, so that it still reads as what was said. */
export function masked(value: unknown): unknown {
  return maskedWithin(value, false)
}

/** `isWithinSecret`: of a setting that is secret, whose values stand deeper (2.x, NotifyReport: `variableAttribute`). */
function maskedWithin(value: unknown, isWithinSecret: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => maskedWithin(item, isWithinSecret))
  if (typeof value === 'string') return value.replace(URL_PASSWORD, `$1:${HIDDEN}@`)
  if (typeof value !== 'object' || value === null) return value
  const isSecret = isWithinSecret || namedSecret(value) !== undefined
  const isPin = (value as { type?: unknown }).type === 'KeyCode'
  // 2.x, SetNetworkProfile: a VPN's shared secret is called nothing but `key`.
  const isVpn = 'password' in value && 'key' in value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (SECRET_MEMBERS.has(name) || (isSecret && VALUE_MEMBERS.has(name))) return [name, HIDDEN]
      if (isVpn && name === 'key') return [name, HIDDEN]
      if (TOKEN_MEMBERS.has(name) && typeof member === 'string') return [name, isPin ? HIDDEN : maskedToken(member)]
      return [name, maskedWithin(member, isSecret)]
    }),
  )
}

/** `{ key: "AuthorizationKey", value }` of 1.6, `{ variable: { name: "BasicAuthPassword" }, … }` of 2.x, ours by name. */
export function namedSecret(value: object): string | undefined {
  const { key, name, variable } = value as { key?: unknown; name?: unknown; variable?: { name?: unknown } | null }
  return [key, name, variable?.name].find((word) => typeof word === 'string' && isSecretSetting(word)) as
    | string
    | undefined
}

/** Where JSON cannot be read, what looks like a member with a token or a secret is hidden all the same. */
const HIDDEN_MEMBERS = [...TOKEN_MEMBERS, ...SECRET_MEMBERS, ...VALUE_MEMBERS].join('|')
const MEMBER = new RegExp(`("(?:${HIDDEN_MEMBERS})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*`, 'g')

/** A frame's text, masked. */
export function maskedText(text: string): string {
  try {
    return JSON.stringify(masked(JSON.parse(text) as unknown))
  } catch {
    return text.replace(MEMBER, (_, head: string) => `${head}${HIDDEN}`).replace(URL_PASSWORD, `$1:${HIDDEN}@`)
  }
}
