import { errorText } from './frames.ts'
import type { Fault, FrameMeta, PeerOptions } from './peer-types.ts'

/** The way out to the socket and to whoever watches; silent once closed. */
export interface Link {
  readonly isClosed: boolean
  close(): void
  transmit(text: string, meta: Omit<FrameMeta, 'direction'>, onSent?: () => void): void
  /** Answers a CALL with a CALLERROR. */
  refuse(call: { readonly id: string; readonly action?: string }, refusal: Refusal): void
  /** A frame that came in, for the log; with its fault for whoever counts faults. */
  note(text: string, meta: Omit<FrameMeta, 'direction'>): void
  report(fault: Fault, text: string): void
}

export interface Refusal {
  readonly code: string
  readonly description?: string
  readonly details?: object
}

export function openLink({ socket, onFrame, onFault }: Pick<PeerOptions, 'socket' | 'onFrame' | 'onFault'>): Link {
  let isClosed = false
  const transmit: Link['transmit'] = (text, meta, onSent) => {
    if (isClosed) return
    onFrame?.(text, { direction: 'out', ...meta })
    socket.send(text, onSent === undefined ? undefined : (error) => (error ? undefined : onSent()))
  }
  return {
    get isClosed() {
      return isClosed
    },
    close() {
      isClosed = true
    },
    transmit,
    refuse({ id, action }, { code, description = '', details = {} }) {
      const text = errorText(4, id, code, description, details)
      transmit(text, { type: 4, id, ...(action === undefined ? {} : { action }) })
    },
    note(text, meta) {
      onFrame?.(text, { direction: 'in', ...meta })
      if (meta.fault !== undefined) onFault?.(meta.fault, text)
    },
    report: (fault, text) => onFault?.(fault, text),
  }
}
