import { Silent } from './db-watch.ts'

/** The database cannot be reached or has no room: the same call may work later. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'
  /** It said nothing at all, not even that it cannot. */
  get isSilent(): boolean {
    return this.cause instanceof Silent
  }
  /** It answers: what was asked of it, or who held it, took too long. Another question may be answered. */
  get isSlow(): boolean {
    return /^(57014|55P03)$/.test(String((this.cause as { readonly code?: unknown } | undefined)?.code))
  }
}

/** Connection lost, server shutting down, a transaction cut off since one side stood still, or a standby that only reads. */
const CONNECTION = /^(08|57P0|25P03|25P04|25006)/
/** Too many connections, no room on the disk, or so slow that a statement or lock timed out. */
const AWAY = /^(53|58|57014|55P03)/

export function isConnectionFault(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string' && CONNECTION.test(code)) return true
  if (typeof code === 'string' && /^(ECONN|EPIPE|ENOENT|ETIMEDOUT)/.test(code)) return true
  return error instanceof Error && /Connection terminated|not queryable|connection timeout/i.test(error.message)
}

export function asAway(error: unknown): unknown {
  if (error instanceof DatabaseAway) return error
  const code = (error as { code?: unknown }).code
  if (isConnectionFault(error) || (typeof code === 'string' && AWAY.test(code))) {
    return new DatabaseAway('the database cannot serve now', { cause: error })
  }
  return error
}
