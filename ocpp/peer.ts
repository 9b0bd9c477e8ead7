import { randomUUID } from 'node:crypto'
import { actionOf } from './actions.ts'
import { errorText, type Frame, parseFrame, resultText, sendText } from './frames.ts'
import { checkPayload, type Intake, type JsonObject, type Mark, takePayload } from './intake.ts'
import { openOutgoing, refusalOf } from './outgoing.ts'
import type { Answer, Fault, FrameMeta, IncomingCall, Peer, PeerOptions } from './peer-types.ts'

type CallFrame = Extract<Frame, { kind: 'call' | 'send' }>
type ResultFrame = Extract<Frame, { kind: 'result' }>
type ErrorFrame = Extract<Frame, { kind: 'error' | 'result-error' }>
type FaultFrame = Extract<Frame, { kind: 'fault' }>

/**
 * One end of an OCPP-J connection; server and station use the same. CALLs of the other side are checked, handled and
 * answered, one after another unless told otherwise; answers to our own CALLs are taken at any time, so that both
 * directions never wait for each other.
 */
export function openPeer(options: PeerOptions): Peer {
  const { version, socket } = options
  const newId = options.newId ?? randomUUID
  const isSerial = options.serial ?? true
  const waiting: IncomingCall[] = []
  let running = 0
  let isClosed = false

  const report = (fault: Fault, text: string): void => options.onFault?.(fault, text)
  const note = (text: string, meta: FrameMeta): void => options.onFrame?.(text, meta)

  const transmit = (text: string, meta: Omit<FrameMeta, 'direction'>, onSent?: () => void): void => {
    if (isClosed) return
    note(text, { direction: 'out', ...meta })
    socket.send(text, onSent === undefined ? undefined : (error) => (error ? undefined : onSent()))
  }

  const outgoing = openOutgoing({
    version,
    role: options.role,
    newId,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    send: (text, { id, action, onSent }) => transmit(text, { type: 2, id, action }, onSent),
  })

  const refuse = (frame: { id: string; action?: string }, code: string, description = '', details = {}): void => {
    const meta = frame.action === undefined ? {} : { action: frame.action }
    transmit(errorText(4, frame.id, code, description, details), { type: 4, id: frame.id, ...meta })
  }

  const answer = (call: IncomingCall, given: Answer | undefined): void => {
    if (given === undefined) refuse(call, 'NotSupported')
    else if (given.kind === 'error') refuse(call, given.code, given.description, given.details)
    else {
      const fault = checkPayload(version, call.action, 'response', given.payload)
      if (fault === undefined) {
        transmit(resultText(call.id, given.payload), { type: 3, id: call.id, action: call.action })
      } else {
        const description = `our answer to ${call.action} does not fit: ${fault.description}`
        report({ kind: 'own', code: fault.code, description, action: call.action }, JSON.stringify(given.payload))
        refuse(call, 'InternalError')
      }
    }
    given?.afterSent?.()
  }

  const handle = async (call: IncomingCall): Promise<void> => {
    running += 1
    try {
      answer(call, await options.handle(call))
    } catch (error) {
      report({ kind: 'own', description: `${call.action} could not be handled`, action: call.action, error }, call.text)
      refuse(call, 'InternalError')
    } finally {
      running -= 1
      next()
    }
  }

  const next = (): void => {
    while (!isClosed && (running === 0 || !isSerial)) {
      const call = waiting.shift()
      if (call === undefined) return
      void handle(call)
    }
  }

  const refuseCall = (frame: CallFrame, text: string, fault: Fault & { code: string }, details = {}): void => {
    const { id, action, type } = frame
    note(text, { direction: 'in', type, id, action, fault, ...(frame.marks.length > 0 ? { marks: frame.marks } : {}) })
    report(fault, text)
    if (frame.kind === 'send') return
    const isKnown = fault.code !== 'NotImplemented' && fault.code !== 'NotSupported'
    refuse(frame, fault.code, isKnown ? fault.description : '', details)
  }

  const takeCall = (frame: CallFrame, text: string): void => {
    const { id, action } = frame
    const known = actionOf(version, action)
    if (known === undefined) {
      const description = `${version} has no ${action.slice(0, 50)}`
      return refuseCall(frame, text, { kind: 'refused', code: 'NotImplemented', description, action })
    }
    if (known.kind !== frame.kind || known.from === options.role) {
      const description = `${action} is not for a ${options.role} to take as ${frame.kind}`
      return refuseCall(frame, text, { kind: 'refused', code: 'NotSupported', description, action })
    }
    const taken = takeOrRepair(options, action, frame.payload)
    if (!taken.ok) {
      const { code, description, details } = taken
      return refuseCall(frame, text, { kind: 'refused', code, description, action }, details)
    }
    const marks = joined(frame.marks, taken.marks)
    note(text, { direction: 'in', type: frame.type, id, action, ...(marks.length > 0 ? { marks } : {}) })
    const call: IncomingCall = { id, action, payload: taken.payload, marks, text }
    if (frame.kind === 'send') return takeSend(call)
    waiting.push(call)
    next()
  }

  const takeSend = (call: IncomingCall): void => {
    try {
      options.handleSend?.(call)
    } catch (error) {
      report({ kind: 'own', description: `${call.action} could not be handled`, action: call.action, error }, call.text)
    }
  }

  const takeResult = (frame: ResultFrame, text: string): void => {
    const { id } = frame
    const action = outgoing.openAction(id)
    if (action === undefined) return dropAnswer(frame, text)
    const taken = takePayload(version, action, 'response', frame.payload)
    if (taken.ok) {
      const marks = joined(frame.marks, taken.marks)
      note(text, { direction: 'in', type: 3, id, action, ...(marks.length > 0 ? { marks } : {}) })
      return outgoing.settle(id, { kind: 'answered', payload: taken.payload, marks })
    }
    const { code, description, details } = taken
    const fault: Fault = { kind: 'invalid-answer', code, description, action }
    note(text, { direction: 'in', type: 3, id, action, fault })
    report(fault, text)
    if (version === 'ocpp2.1') transmit(errorText(5, id, code, description, details), { type: 5, id, action })
    outgoing.settle(id, { kind: 'invalid-answer', description, payload: frame.payload })
  }

  const dropAnswer = (frame: { id: string; type: 3 | 4 | 5 }, text: string): void => {
    const description = 'an answer to a CALL that is not open'
    const fault: Fault = { kind: 'unexpected-answer', description }
    note(text, { direction: 'in', type: frame.type, id: frame.id, fault })
    report(fault, text)
  }

  const takeError = (frame: ErrorFrame, text: string): void => {
    const { id, type, code, description, details } = frame
    const action = outgoing.openAction(id)
    if (type === 4 && action !== undefined) {
      note(text, { direction: 'in', type, id, action })
      return outgoing.settle(id, { kind: 'error', code, description, details })
    }
    if (type === 4 && id !== '-1') return dropAnswer({ id, type }, text)
    const fault: Fault = { kind: 'answer-refused', code, description }
    note(text, { direction: 'in', type, id, fault })
    report(fault, text)
  }

  const takeFault = (frame: FaultFrame, text: string): void => {
    const { code, description, id, action } = frame
    const isAnswer = frame.type === 3 && id !== undefined
    const open = isAnswer ? outgoing.openAction(id) : undefined
    const fault: Fault = { kind: isAnswer ? 'invalid-answer' : 'refused', code, description }
    const type = frame.type as FrameMeta['type']
    const meta = { ...(type === undefined ? {} : { type }), ...(id === undefined ? {} : { id }) }
    note(text, { direction: 'in', ...meta, ...(action === undefined ? {} : { action }), fault })
    report(fault, text)
    if (frame.replyTo !== undefined) refuse({ id: frame.replyTo }, code, description)
    if (open === undefined || id === undefined) return
    if (version === 'ocpp2.1') transmit(errorText(5, id, code, description), { type: 5, id, action: open })
    outgoing.settle(id, { kind: 'invalid-answer', description, payload: undefined })
  }

  const receive = (text: string): void => {
    if (isClosed) return
    const frame = parseFrame(version, text)
    switch (frame.kind) {
      case 'call':
      case 'send':
        return takeCall(frame, text)
      case 'result':
        return takeResult(frame, text)
      case 'error':
      case 'result-error':
        return takeError(frame, text)
      case 'fault':
        return takeFault(frame, text)
      case 'ignored': {
        const fault: Fault = { kind: 'ignored', description: frame.description }
        note(text, { direction: 'in', fault })
        return report(fault, text)
      }
    }
  }

  return {
    receive,
    call: (action, payload, callOptions = {}) => outgoing.call(action, payload, callOptions),
    send(action, payload) {
      const refused = refusalOf(options, action, payload, 'send')
      if (refused !== undefined) return refused
      const id = newId()
      transmit(sendText(id, action, payload), { type: 6, id, action })
      return undefined
    },
    closed() {
      isClosed = true
      waiting.length = 0
      outgoing.closed()
    },
    get backlog() {
      return waiting.length + running
    },
    get outstanding() {
      return outgoing.size
    },
  }
}

function joined(first: readonly Mark[], second: readonly Mark[]): readonly Mark[] {
  return first.length === 0 ? second : [...first, ...second]
}

/** A payload that does not fit gets one chance by a vendor's rule. */
function takeOrRepair({ version, repair }: PeerOptions, action: string, payload: JsonObject): Intake {
  const taken = takePayload(version, action, 'request', payload)
  if (taken.ok || repair === undefined) return taken
  const repaired = repair(action, payload)
  if (repaired === undefined) return taken
  const again = takePayload(version, action, 'request', repaired)
  return again.ok ? { ...again, marks: [...again.marks, { pointer: '', what: 'vendor-repair' }] } : taken
}
