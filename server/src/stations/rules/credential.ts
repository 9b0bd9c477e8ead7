/** How a station showed its password: as text, or (1.6) as the raw bytes its hex digits stand for. */
export type CredentialForm = 'text' | 'raw'

/** Hex digits are compared without case: a key typed in capitals is the same bytes. */
export function canonicalPassword(password: string): string {
  return /^[0-9a-f]{32,40}$/i.test(password) ? password.toLowerCase() : password
}

/**
 * What an offered password may stand for, most likely first: the text itself or, for 1.6, the hex digits of its bytes.
 */
export function offeredForms(
  password: Buffer,
  protocol: string | undefined,
): readonly { readonly form: CredentialForm; readonly password: string }[] {
  const text = password.toString('utf8')
  const isText = Buffer.from(text, 'utf8').equals(password) && isPrintable(text)
  const raw = { form: 'raw', password: password.toString('hex') } as const
  const asText = { form: 'text', password: canonicalPassword(text) } as const
  const mayBeRaw = protocol === 'ocpp1.6' && password.length >= 16 && password.length <= 20
  if (!isText) return mayBeRaw ? [raw] : []
  return mayBeRaw ? [asText, raw] : [asText]
}

function isPrintable(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || code === 0x7f) return false
  }
  return true
}

/** Shorter ones can be guessed: none is set, nor kept where a station came with it. */
export const SHORTEST_PASSWORD = 16

export type PasswordFault = 'too-short' | 'too-long' | 'not-printable'

/**
 * Whether a station could send this password: 2.x BasicAuthPassword has 16 to 40 characters; a 1.6 AuthorizationKey is
 * up to 40 hex digits, and those that take text take the same lengths.
 */
export function passwordFault(password: string): PasswordFault | undefined {
  if (!isPrintable(password) || !/^[\x20-\x7e]*$/.test(password)) return 'not-printable'
  if (password.length < SHORTEST_PASSWORD) return 'too-short'
  return password.length > 40 ? 'too-long' : undefined
}
