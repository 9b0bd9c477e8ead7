import type { Ground } from '../platform/index.ts'
import { SESSION_LIFE } from './sign-ins.ts'

/** Over TLS the browser itself guarantees host and path of the name. */
export function cookieName(ground: Pick<Ground, 'publicUrl'>): string {
  return isTls(ground) ? '__Host-lataamo' : 'lataamo'
}

function isTls(ground: Pick<Ground, 'publicUrl'>): boolean {
  return ground.publicUrl.startsWith('https:')
}

/** Value of `Set-Cookie`. Lax: sent when somebody follows a link to us, never with what a foreign page sends by itself. */
export function sessionCookie(ground: Pick<Ground, 'publicUrl'>, token: string): string {
  return cookie(ground, token, SESSION_LIFE.total('seconds'))
}

export function noCookie(ground: Pick<Ground, 'publicUrl'>): string {
  return cookie(ground, '', 0)
}

function cookie(ground: Pick<Ground, 'publicUrl'>, value: string, seconds: number): string {
  const secure = isTls(ground) ? '; Secure' : ''
  return `${cookieName(ground)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}

/** The session token a request shows, from its `Cookie` header. */
export function tokenFrom(ground: Pick<Ground, 'publicUrl'>, header: string | undefined): string | undefined {
  const start = `${cookieName(ground)}=`
  return header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(start))
    ?.slice(start.length)
}
