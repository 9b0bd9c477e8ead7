/**
 * Moments at which tests let this process die as by a kill -9 (row 9: there is no bad moment to die). A program that was started in the ordinary
 * way has nothing here that could be armed: only what a test loads before it (`e2e/kit/arm-fail-point.ts`) does.
 */
export const failPoints = [
  'report.before-commit',
  'report.after-commit',
  'reading.before-save',
  'reading.after-save',
  'frame.sent',
  'station.claimed',
  'presence.before-commit',
  'raw-log.before-commit',
  'command.before-send',
  'command.answered',
  'command.kept',
  'rest.before-commit',
  'rest.after-commit',
  'outbox.before-commit',
  'outbox.after-commit',
  'deadline.between',
  'deadline.before-commit',
  'deadline.after-commit',
] as const
export type FailPoint = (typeof failPoints)[number]

/** What a test has put there before the program began; else nothing. */
const armed = (globalThis as { [armed: symbol]: ((name: FailPoint) => void) | undefined })[
  Symbol.for('lataamo.fail-point')
]

export const failPoint: (name: FailPoint) => void = armed ?? (() => {})
