import type { Authorisation, EvseState, Message, Token, TokenInfo } from './state.ts'
import { isUsable } from './status.ts'
import { advance, changeTransaction, update, withdraw } from './transactions.ts'
import { change, changeEvse, evseOf, isOnline, isSet, numberSetting, say, tell, type Turn } from './turn.ts'

type AuthorizeMessage = Extract<Message, { kind: 'authorize' }>
type Purpose = AuthorizeMessage['purpose']

const accepted = 'Accepted'

export function isSameUid(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}

/** A card is held to an EVSE: it starts, stops, or is asked about first. */
export function presentCard(turn: Turn, evseId: number, token: Token): void {
  const evse = evseOf(turn, evseId)
  const refusal = whyIgnored(turn, evse)
  if (refusal !== undefined) {
    tell(turn, { kind: 'card-ignored', evse: evseId, why: refusal })
    return
  }
  const holder = evse.authorised
  if (holder === undefined) {
    askFor(turn, evseId, token, 'start')
  } else if (isSameUid(holder.token.uid, token.uid)) {
    takeBack(turn, evseId, token)
  } else if (holder.groupUid !== undefined) {
    askFor(turn, evseId, token, 'stop')
  } else {
    tell(turn, { kind: 'card-ignored', evse: evseId, why: 'another card charges here' })
  }
}

function whyIgnored(turn: Turn, evse: EvseState): string | undefined {
  if (turn.state.power === 'off' || turn.state.downAt !== undefined) return 'the station is down'
  if (turn.state.registration !== 'Accepted') return 'the station is not accepted yet'
  if (evse.asking !== undefined) return 'a card is being checked'
  if (evse.transaction !== undefined || isUsable(turn.state, evse)) return undefined
  return 'the EVSE cannot be used'
}

/** Asks about a token where the settings say so and the station can; else decides by itself. */
export function askFor(turn: Turn, evseId: number, token: Token, purpose: Purpose, remoteStartId?: number): void {
  const known = isSet(turn.state, 'localPreAuthorize') ? localInfo(turn, token) : undefined
  if (known?.status === accepted) {
    decide(turn, { kind: 'authorize', evse: evseId, token, purpose, remoteStartId }, known)
    return
  }
  const message: AuthorizeMessage = { kind: 'authorize', evse: evseId, token, purpose, remoteStartId }
  if (!isOnline(turn.state)) {
    decideOffline(turn, message)
    return
  }
  changeEvse(turn, evseId, { asking: token })
  say(turn, message, 'now')
}

function localInfo({ state }: Turn, { uid }: Token): TokenInfo | undefined {
  const key = uid.toLowerCase()
  const listed = isSet(state, 'localListEnabled') ? state.localList.entries[key] : undefined
  return listed ?? (isSet(state, 'cacheEnabled') ? state.cache[key] : undefined)
}

/** The central system cannot be asked: list, cache, or whoever comes, as the settings say. */
export function decideOffline(turn: Turn, message: AuthorizeMessage): void {
  const known = isSet(turn.state, 'localAuthorizeOffline') ? localInfo(turn, message.token) : undefined
  const unknown: TokenInfo = { status: isSet(turn.state, 'unknownOffline') ? accepted : 'Unknown', groupUid: undefined }
  decide(turn, message, known ?? unknown)
}

/** What was found out about a token has its effect. The EVSE may have changed meanwhile. */
export function decide(turn: Turn, message: AuthorizeMessage, info: TokenInfo): void {
  const { evse: evseId, token, purpose } = message
  changeEvse(turn, evseId, { asking: undefined })
  if (info.status !== accepted) {
    tell(turn, { kind: 'token-refused', evse: evseId, uid: token.uid, status: info.status })
    return
  }
  const evse = evseOf(turn, evseId)
  if (purpose === 'stop') {
    if (evse.authorised !== undefined && info.groupUid !== undefined && info.groupUid === evse.authorised.groupUid) {
      takeBack(turn, evseId, token)
    } else tell(turn, { kind: 'card-ignored', evse: evseId, why: 'another card charges here' })
    return
  }
  if (evse.authorised !== undefined || !isUsable(turn.state, evse)) return
  const { remoteStartId } = message
  authorise(turn, evseId, { token, groupUid: info.groupUid, remoteStartId })
}

export function authorise(turn: Turn, evseId: number, authorised: Authorisation): void {
  const isPlugged = evseOf(turn, evseId).connector !== undefined
  const cableDeadline = isPlugged ? undefined : turn.at + numberSetting(turn.state, 'cableTimeout') * 1000
  changeEvse(turn, evseId, { authorised, cableDeadline, isFinishing: false })
  const { remoteStartId } = authorised
  const isRemote = remoteStartId !== undefined
  advance(turn, evseId, isRemote ? 'RemoteStart' : 'Authorized', remoteStartId)
}

/** The same card, or one of its group: ends what runs, or the wait for a cable. */
function takeBack(turn: Turn, evseId: number, token: Token): void {
  if (evseOf(turn, evseId).transaction !== undefined) {
    withdraw(turn, evseId, 'StopAuthorized', 'Local', token)
  } else changeEvse(turn, evseId, { authorised: undefined, cableDeadline: undefined })
}

/** The answer to a start, or to the event of an authorisation: the central system has the last word about the token. */
export function judgeStarted(turn: Turn, transactionId: string, token: Token, info: TokenInfo): void {
  remember(turn, token, info)
  const evse = turn.state.evses.find(({ transaction }) => transaction?.id === transactionId)
  if (evse?.transaction?.token === undefined || !isSameUid(evse.transaction.token.uid, token.uid)) return
  const { id } = evse.spec
  if (info.status === accepted) {
    if (info.groupUid === undefined) return
    changeTransaction(turn, id, { groupUid: info.groupUid })
    if (evse.authorised !== undefined)
      changeEvse(turn, id, { authorised: { ...evse.authorised, groupUid: info.groupUid } })
    return
  }
  if (evse.authorised === undefined) return
  tell(turn, { kind: 'token-refused', evse: id, uid: token.uid, status: info.status })
  if (isSet(turn.state, 'stopOnInvalidId')) {
    withdraw(turn, id, 'Deauthorized', 'DeAuthorized')
    return
  }
  changeTransaction(turn, id, { isWithheld: true })
  update(turn, id, 'Deauthorized')
}

/** What the central system says of a token goes into the cache. */
export function remember(turn: Turn, token: Token, info: TokenInfo): void {
  if (!isSet(turn.state, 'cacheEnabled')) return
  change(turn, { cache: { ...turn.state.cache, [token.uid.toLowerCase()]: info } })
}

/** Nobody brought a cable in time. */
export function tickCable(turn: Turn, evseId: number): void {
  const { cableDeadline, transaction } = evseOf(turn, evseId)
  if (cableDeadline === undefined || cableDeadline > turn.at) return
  tell(turn, { kind: 'cable-timeout', evse: evseId })
  if (transaction !== undefined) withdraw(turn, evseId, 'EVConnectTimeout', 'Timeout')
  changeEvse(turn, evseId, { authorised: undefined, cableDeadline: undefined })
}
