import type { StationCommand } from '../model.ts'
import { hasUrlPassword, isCredentialSetting, isSecretMember, namedSecret } from './mask.ts'

/** Why a command must not go out (attack 23), with the pointer into the body that asks for it. */
export interface SecretFault {
  readonly pointer: string
  readonly code: 'credential-by-setting' | 'secret-in-the-open'
}

/**
 * A station's own key is set in one place only: written past us it would lock the station out. Any other secret (a file
 * server's password, an access point's) goes over an encrypted connection or not at all: security profile 2 and above.
 */
export function secretFault(command: StationCommand, securityProfile: number): SecretFault | undefined {
  const isOpen = securityProfile < 2
  switch (command.kind) {
    case 'raw-call':
      return faultIn(command.payload, '/payload', isOpen)
    case 'vendor-data':
      return faultIn(command.content, '/content', isOpen)
    case 'write-settings':
      return faultIn(command.settings, '/settings', isOpen)
    default:
      return undefined
  }
}

function faultIn(value: unknown, pointer: string, isOpen: boolean): SecretFault | undefined {
  if (typeof value === 'string') {
    return isOpen && hasUrlPassword(value) ? { pointer, code: 'secret-in-the-open' } : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const setting = namedSecret(value)
  if (setting !== undefined && isCredentialSetting(setting)) return { pointer, code: 'credential-by-setting' }
  // To read a setting of that name tells nobody a secret.
  if (setting !== undefined && isOpen && writes(value)) return { pointer, code: 'secret-in-the-open' }
  for (const [name, member] of Object.entries(value)) {
    const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (isSecretMember(name) && member !== null && member !== '') {
      if (isCredentialSetting(name)) return { pointer: place, code: 'credential-by-setting' }
      if (isOpen) return { pointer: place, code: 'secret-in-the-open' }
    }
    const fault = faultIn(member, place, isOpen)
    if (fault !== undefined) return fault
  }
  return undefined
}

function writes(value: object): boolean {
  return 'value' in value || 'attributeValue' in value
}
