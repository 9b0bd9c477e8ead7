/** What programs outside may be told of, each with its version. A field is added, never renamed; docs/integrator.md says what is in it. */
export const eventTypes = {
  'session-record.created': { version: 1 },
  'alert.raised': { version: 1 },
  'alert.changed': { version: 1 },
  'alert.cleared': { version: 1 },
} as const

export type EventType = keyof typeof eventTypes
export const eventTypeNames = Object.keys(eventTypes) as [EventType, ...EventType[]]

/** Sent when somebody asks for it, to one target, whatever it listens to. */
export const TEST_TYPE = 'webhook.test'
