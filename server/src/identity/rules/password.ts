const LEAST_LETTERS = 5

/**
 * Why a password is too easy; undefined when it will do. Length is checked by the route. NIST SP 800-63B: no rules about kinds of letters,
 * but nothing that is the account's own name, and no repetition.
 */
export function weaknessOf(
  password: string,
  account: { readonly mail: string; readonly name: string },
): 'password-too-easy' | undefined {
  const plain = password.normalize('NFKC').toLowerCase()
  if (new Set(plain).size < LEAST_LETTERS) return 'password-too-easy'
  const own = [account.mail, account.mail.split('@')[0], account.name].map((word) => word?.toLowerCase() ?? '')
  return own.some((word) => word.length >= 4 && plain.replaceAll(word, '').length < LEAST_LETTERS)
    ? 'password-too-easy'
    : undefined
}
