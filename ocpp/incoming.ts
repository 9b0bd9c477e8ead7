import { actionOf } from './actions.ts'
import { type Frame, resultText } from './frames.ts'
import { checkPayload, type Intake, type JsonObject, joinMarks, takePayload } from './intake.ts'
import type { Link } from './link.ts'
import type { Answer, Fault, IncomingCall, PeerOptions } from './peer-types.ts'

export type CallFrame = Extract<Frame, { kind: 'call' | 'send' }>

/** CALLs and SENDs of the other side: checked, handled in order, answered. */
export interface Incoming {
  take(frame: CallFrame, text: string): void
  closed(): void
  readonly backlog: number
}

export function openIncoming(options: PeerOptions, link: Link): Incoming {
  const isSerial = options.serial ?? true
  const waiting: IncomingCall[] = []
  let running = 0

  /** False: its answer comes later. What is answered at once waits for no turn of its own. */
  const handleAtOnce = (call: IncomingCall): boolean => {
    try {
      const given = options.handle(call)
      if (given instanceof Promise) {
        void handleLater(call, given)
        return false
      }
      answer(options, link, call, given)
    } catch (error) {
      fail(link, call, error)
    }
    return true
  }
  const handleLater = async (call: IncomingCall, given: Promise<Answer | undefined>): Promise<void> => {
    try {
      answer(options, link, call, await given)
    } catch (error) {
      fail(link, call, error)
    } finally {
      running -= 1
      next()
    }
  }
  const next = (): void => {
    while (running === 0 || !isSerial) {
      const call = waiting.shift()
      if (call === undefined) return
      running += 1
      if (handleAtOnce(call)) running -= 1
    }
  }

  return {
    take(frame, text) {
      const taken = takeCall(options, link, frame)
      const { type, id, action } = frame
      if ('fault' in taken) {
        link.note(text, { type, id, action, fault: taken.fault, ...whenAny(frame.marks) })
        if (frame.kind === 'call') link.refuse(frame, taken.refusal)
        return
      }
      link.note(text, { type, id, action, ...whenAny(taken.marks) })
      const call: IncomingCall = { id, action, payload: taken.payload, marks: taken.marks, text }
      if (frame.kind === 'send') return handleSend(options, link, call)
      waiting.push(call)
      next()
    },
    closed() {
      waiting.length = 0
    },
    get backlog() {
      return waiting.length + running
    },
  }
}

type Taken =
  | { readonly payload: JsonObject; readonly marks: IncomingCall['marks'] }
  | { readonly fault: Fault; readonly refusal: Parameters<Link['refuse']>[1] }

function takeCall(options: PeerOptions, link: Link, { kind, action, payload, marks }: CallFrame): Taken {
  const { version, role } = options
  const known = actionOf(version, action)
  if (known === undefined) {
    const description = `${version} has no ${action.slice(0, 50)}`
    const code = 'NotImplemented'
    return { fault: { kind: 'refused', code, description, action }, refusal: { code } }
  }
  if (known.kind !== kind || known.from === role) {
    const description = `${action} is not for a ${role} to take as ${kind}`
    const code = 'NotSupported'
    return { fault: { kind: 'refused', code, description, action }, refusal: { code } }
  }
  const taken = takeOrRepair(options, link, action, payload)
  if (taken.ok) return { payload: taken.payload, marks: joinMarks(marks, taken.marks) }
  const { code, description, details } = taken
  return { fault: { kind: 'refused', code, description, action }, refusal: { code, description, details } }
}

/** A payload that does not fit gets one chance by a vendor's rule. */
function takeOrRepair({ version, repair }: PeerOptions, link: Link, action: string, payload: JsonObject): Intake {
  const taken = takePayload(version, action, 'request', payload)
  if (taken.ok || repair === undefined) return taken
  let repaired: JsonObject | undefined
  try {
    repaired = repair(action, payload)
  } catch (error) {
    link.report({ kind: 'own', description: `the repair of ${action} failed`, action, error }, JSON.stringify(payload))
  }
  if (repaired === undefined) return taken
  const again = takePayload(version, action, 'request', repaired)
  return again.ok ? { ...again, marks: [...again.marks, { pointer: '', what: 'vendor-repair' }] } : taken
}

function answer({ version }: PeerOptions, link: Link, call: IncomingCall, given: Answer | undefined): void {
  const { id, action } = call
  if (given === undefined) return link.refuse(call, { code: 'NotSupported' })
  if (given.kind === 'error') {
    link.refuse(call, given)
  } else if (given.kind === 'result') {
    const fault = checkPayload(version, action, 'response', given.payload)
    if (fault === undefined) {
      link.transmit(resultText(id, given.payload), { type: 3, id, action })
    } else {
      const description = `our answer to ${action} does not fit: ${fault.description}`
      link.report({ kind: 'own', code: fault.code, description, action }, JSON.stringify(given.payload))
      link.refuse(call, { code: 'InternalError' })
    }
  }
  given.afterSent?.()
}

function handleSend(options: PeerOptions, link: Link, call: IncomingCall): void {
  try {
    options.handleSend?.(call)
  } catch (error) {
    link.report(unhandled(call, error), call.text)
  }
}

function fail(link: Link, call: IncomingCall, error: unknown): void {
  link.report(unhandled(call, error), call.text)
  link.refuse(call, { code: 'InternalError' })
}

function unhandled({ action }: IncomingCall, error: unknown): Fault {
  return { kind: 'own', description: `${action} could not be handled`, action, error }
}

function whenAny(marks: IncomingCall['marks']): { readonly marks?: IncomingCall['marks'] } {
  return marks.length === 0 ? {} : { marks }
}
