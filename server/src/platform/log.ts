import pino from 'pino'

/** A log line is a fact with fields: constant text, everything else in the fields. No token, number or name of a person. */
export interface Log {
  debug(text: string, fields?: Fields): void
  info(text: string, fields?: Fields): void
  warn(text: string, fields?: Fields): void
  error(text: string, fields?: Fields): void
}

export type Fields = Readonly<Record<string, unknown>>

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** JSON lines on standard error (`write`), so that what `npm start` prints for people stays readable. */
export function openLog(level: LogLevel, write?: (line: string) => void): Log {
  // Where it leads is full, or nobody reads it any more: lines are lost, and nothing else.
  const standardError = pino.destination({ dest: 2, sync: false, maxLength: 1_000_000 })
  standardError.on('error', () => {})
  const into = write ?? ((line: string) => void standardError.write(line))
  const out = { write: (line: string) => into(line.replaceAll(LATE_CONTROL, escaped)) }
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: (error: unknown) => asText(error) },
    },
    out,
  )
  const at = (method: 'debug' | 'info' | 'warn' | 'error') => (text: string, fields?: Fields) =>
    log[method](clean(fields), text)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** JSON escapes the first control characters and leaves these, which old terminals act on as well. */
const LATE_CONTROL = /[\u007f-\u009f]/g

function escaped(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`
}

const DEEPEST_CAUSE = 5

/** With what it was caused by: that the database cannot serve says nothing without the why. */
function asText(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const own = error.stack ?? error.message
  if (!(error.cause instanceof Error) || depth >= DEEPEST_CAUSE) return own
  return `${own}\nCaused by: ${String(asText(error.cause, depth + 1))}`
}

/** JSON escapes control characters by itself; instants and big integers need words. */
function clean(fields: Fields | undefined): Record<string, unknown> {
  const cleaned: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields ?? {})) {
    cleaned[name] = typeof value === 'bigint' || value instanceof Temporal.Instant ? value.toString() : value
  }
  return cleaned
}
