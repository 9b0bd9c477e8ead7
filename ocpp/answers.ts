import { errorText, type Frame } from './frames.ts'
import { joinMarks, takePayload } from './intake.ts'
import type { Link } from './link.ts'
import type { Outgoing } from './outgoing.ts'
import type { Fault, FrameMeta } from './peer-types.ts'
import type { OcppVersion } from './versions.ts'

export type ResultFrame = Extract<Frame, { kind: 'result' }>
export type ErrorFrame = Extract<Frame, { kind: 'error' | 'result-error' }>
export type FaultFrame = Extract<Frame, { kind: 'fault' }>

export interface Answering {
  readonly version: OcppVersion
  readonly link: Link
  readonly outgoing: Outgoing
}

/** A CALLRESULT: ends the open CALL when it fits; a late, doubled or invented one is dropped. */
export function takeResult({ version, link, outgoing }: Answering, frame: ResultFrame, text: string): void {
  const { id, type } = frame
  const action = outgoing.openAction(id)
  if (action === undefined) return dropAnswer(link, { id, type }, text)
  const taken = takePayload(version, action, 'response', frame.payload)
  if (taken.ok) {
    const marks = joinMarks(frame.marks, taken.marks)
    link.note(text, { type, id, action, ...(marks.length > 0 ? { marks } : {}) })
    return outgoing.settle(id, { kind: 'answered', payload: taken.payload, marks })
  }
  const { code, description, details } = taken
  link.note(text, { type, id, action, fault: { kind: 'invalid-answer', code, description, action } })
  if (version === 'ocpp2.1') link.transmit(errorText(5, id, code, description, details), { type: 5, id, action })
  outgoing.settle(id, { kind: 'invalid-answer', description, payload: frame.payload })
}

/** A CALLERROR ends the open CALL; one with the id -1, and a CALLRESULTERROR, speak of something we sent. */
export function takeError({ link, outgoing }: Answering, frame: ErrorFrame, text: string): void {
  const { id, type, code, description, details } = frame
  const action = outgoing.openAction(id)
  if (type === 4 && action !== undefined) {
    link.note(text, { type, id, action })
    return outgoing.settle(id, { kind: 'error', code, description, details })
  }
  if (type === 4 && id !== '-1') return dropAnswer(link, { id, type }, text)
  link.note(text, { type, id, fault: { kind: 'answer-refused', code, description } })
}

/** What is not a frame: answered where it was, or may have been, a CALL. */
export function takeFault({ version, link, outgoing }: Answering, frame: FaultFrame, text: string): void {
  const { code, description, id, action } = frame
  const open = frame.type === 3 && id !== undefined ? outgoing.openAction(id) : undefined
  const fault: Fault = { kind: frame.type === 3 ? 'invalid-answer' : 'refused', code, description }
  const meta = {
    ...(frame.type === undefined ? {} : { type: frame.type as NonNullable<FrameMeta['type']> }),
    ...(id === undefined ? {} : { id }),
    ...(action === undefined ? {} : { action }),
  }
  link.note(text, { ...meta, fault })
  if (frame.replyTo !== undefined) link.refuse({ id: frame.replyTo }, { code, description })
  if (open === undefined || id === undefined) return
  if (version === 'ocpp2.1') link.transmit(errorText(5, id, code, description), { type: 5, id, action: open })
  outgoing.settle(id, { kind: 'invalid-answer', description, payload: undefined })
}

function dropAnswer(link: Link, { id, type }: { readonly id: string; readonly type: 3 | 4 }, text: string): void {
  const fault: Fault = { kind: 'unexpected-answer', description: 'an answer to a CALL that is not open' }
  link.note(text, { type, id, fault })
}
