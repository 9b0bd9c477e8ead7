import { all, only16, only2, only21, row } from './table-row.ts'

const attacks = 'server/src/stations/gateway/attacks.test.ts'
const rules = 'server/src/stations/rules/rules.test.ts'
const frames = 'ocpp/frames.test.ts'
const peer = 'ocpp/peer.test.ts'
const intake = 'ocpp/intake.test.ts'
const hostile = 'e2e/stations-attacked.test.ts'

/** `ocpp.md` sections 1 to 3, `ocpp-semantics.md` sections 1 and 9: from the handshake to the first boot. */
export const connecting = {
  'identity-in-path': row(
    'ocpp.md 1',
    all,
    'the identity is the last segment of the path, percent-decoded exactly once',
    [attacks, 'takes empty segments and one percent-decoding, and binds what it authenticated'],
    [rules, 'is bound to exactly one identity, or refused, whatever is asked for'],
  ),
  'no-colon': row('ocpp.md 1', all, 'an identity of more than 48 characters, or with a colon, is no identity'),
  'user-agrees': row('ocpp.md 1', all, 'the user of Basic auth must be the identity in the path', [
    hostile,
    'is refused before the WebSocket exists, changes nothing, and is listed',
  ]),
  'user-colon': row('ocpp.md 1', all, 'a password may hold a colon: the credential is split at the first one', [
    'ocpp/versions.test.ts',
    'splits at the first colon',
  ]),
  'first-version': row(
    'ocpp.md 1',
    all,
    'the first version the station offers and we speak is echoed; the path decides nothing',
  ),
  'no-version': row(
    'ocpp.md 1',
    all,
    'where no version is common the handshake is finished without a subprotocol, and closed at once',
  ),
  'unknown-identity': row(
    'ocpp.md 1',
    all,
    'an unknown identity hears 404, a wrong key 401, both before a socket exists',
    [attacks, 'is refused before a socket exists, touches no row, and is listed for staff'],
  ),
  'raw-key': row('ocpp.md 1', only16, 'a key is taken as raw bytes and as 40 hex digits', [
    attacks,
    'takes a 1.6 key as raw bytes and as hex text, in either case',
  ]),
  'text-password': row('ocpp.md 1', only2, 'a password is the text itself, in UTF-8'),
  compression: row('ocpp.md 1', only2, 'compression is offered, and a compressed message read', [
    attacks,
    'closes what is too long with 1009, also when it grows by inflating',
  ]),
  'profile-zero': row('ocpp.md 1', all, 'without a credential only a dated exception lets a station in', [
    attacks,
    'needs a dated exception for profile 0 and beyond this machine, and TLS for profiles 2 and 3',
  ]),
  'pings-answered': row('ocpp.md 1', all, 'a ping of the station is answered, with what it carried'),
  'half-open': row(
    'ocpp.md 1',
    all,
    'a station that answers no ping is dead within two intervals: shown offline, and what it was asked has failed',
  ),
  'newest-wins': row(
    'ocpp.md 1',
    all,
    'a second socket of a station wins; what the first was asked fails as connection-lost, and its late close is no news',
    ['server/src/stations/gateway/sockets.test.ts', 'wins when it is authenticated'],
  ),
  'reconnect-without-boot': row(
    'ocpp.md 1',
    all,
    'a station that reconnects is connected and accepted without another boot',
  ),
  'action-unknown': row(
    'ocpp.md 2',
    all,
    'an action that is no word of the version is answered NotImplemented, never by silence',
    [peer, 'answers a CALL, and an unknown action with NotImplemented, nothing else'],
  ),
  'action-not-ours': row('ocpp.md 2', all, 'an action that only we may send is answered NotSupported'),
  'id-reused': row('ocpp.md 2', all, 'a retry under the same message id is answered again, and does nothing twice'),
  'id-unreadable': row('ocpp.md 2', all, 'a frame whose id cannot be read is answered with the id -1'),
  'id-too-long': row('ocpp.md 2', all, 'an id of more than 36 characters is none', [
    frames,
    'reads a CALL, a CALLRESULT and a CALLERROR',
  ]),
  'both-directions': row(
    'ocpp.md 2',
    all,
    'while an answer of the station is waited for, what it asks is answered: it may ask about the card first',
    [peer, 'sends one CALL at a time, and answers the other side meanwhile'],
  ),
  'one-call-at-a-time': row('ocpp.md 2', all, 'one CALL of ours is open at a time; the next goes when it is answered', [
    'server/src/stations/commands/commands.test.ts',
    'sends one CALL at a time, in the order in which they were asked',
  ]),
  'answered-late': row(
    'ocpp.md 2',
    all,
    'an answer that comes after its time is dropped, and the next command goes its way',
    ['server/src/stations/commands/commands.test.ts', 'times out when no answer comes, and the next one still goes'],
  ),
  'answered-twice': row('ocpp.md 2', all, 'a second answer to one CALL, and an answer to none, change nothing'),
  'answered-wrongly': row(
    'ocpp.md 2',
    all,
    'an answer that does not fit the schema ends the command, and is kept with it',
    [peer, 'ends a CALL whose answer does not fit'],
  ),
  'result-error': row('ocpp.md 2', only21, 'an answer that does not fit is told so by a CALLRESULTERROR with its id'),
  send: row('ocpp.md 2', only21, 'a SEND is taken and kept, and answered by nothing, also where it is wrong', [
    peer,
    'takes and sends a SEND of 2.1, and never answers one',
  ]),
  'send-elsewhere': row(
    'ocpp.md 2',
    ['ocpp1.6', 'ocpp2.0.1'],
    'SEND and CALLRESULTERROR are no types of the version, and are ignored',
  ),
  'type-unknown': row('ocpp.md 2', all, 'an unknown message type is ignored', [
    frames,
    'ignores a message type that the version has not',
  ]),
  'null-dropped': row('ocpp.md 2', all, 'members that are null are dropped, and the message taken', [
    intake,
    'drops unknown and null members at every depth, reads a time without zone as UTC, and marks each',
  ]),
  'unknown-dropped': row('ocpp.md 2', all, 'members that the schema does not know are dropped, and the message taken'),
  'missing-field': row(
    'ocpp.md 2',
    all,
    'a missing field, a wrong type and a wrong word are answered with the code of the version',
    ['e2e/bad-frames.test.ts', 'a frame that is wrong is answered'],
  ),
  'not-json': row('ocpp.md 2', all, 'what is no JSON is answered with the code of the version, and never echoed'),
  'business-refusal': row('ocpp.md 2', all, 'a refusal of business is a CALLRESULT with a status'),
  'times-taken': row('ocpp.md 2', all, 'times with offsets, without zone and with many decimals are taken', [
    intake,
    'drops unknown and null members at every depth, reads a time without zone as UTC, and marks each',
  ]),
  'times-sent': row('ocpp.md 2', all, 'times of ours are UTC with Z and three decimals at most'),
  'own-answers-checked': row(
    'ocpp.md 2',
    all,
    'every answer and every CALL of ours is checked against the published schema before it goes',
    ['server/src/stations/protocols/conformance.test.ts', 'as the published schema wants it'],
    [peer, 'never sends what does not fit: unknown, not ours, or against the schema'],
  ),
  'every-action-answered': row('ocpp.md 3', all, 'every message a station may send is answered by a fitting result'),
  'vendor-unknown': row('ocpp.md 3', all, 'DataTransfer of an unknown vendor is answered UnknownVendorId', [
    attacks,
    'knows no vendor in %s, and keeps what was said',
  ]),
  'long-token': row(
    'ocpp.md 3',
    only21,
    'an idToken of 255 characters and of a type nobody knows is judged like any other',
  ),
  'errata-16': row('ocpp.md 2', only16, 'the errata of the 1.6 schemas are built in', [
    intake,
    'knows the errata of 1.6',
  ]),
  vectors: row('ocpp-semantics.md 9', all, 'the vectors for connection code come out as written'),
} as const
