import { describe, expect, it } from 'vitest'
import { wayIn } from './way-in.ts'

const knocked = { identity: 'POST-1', address: '192.168.7.20', url: 'ws://10.0.0.5:8080/ocpp/net/POST-1' }

describe('what a press does for a station that was turned away', () => {
  it('asks for a day where one may come unencrypted: without it nothing would change', () => {
    expect(wayIn({ ...knocked, reason: 'plain-not-allowed' })).toEqual({
      isNew: false,
      asksPassword: false,
      plain: 'needed',
    })
  })

  it.each([
    ['192.168.7.20', 'ws://h/ocpp/net/POST-1', 'offered'],
    ['127.0.0.1', 'ws://h/ocpp/net/POST-1', 'no'],
    ['::ffff:127.0.0.1', 'ws://h/ocpp/net/POST-1', 'no'],
    ['::1', 'ws://h/ocpp/net/POST-1', 'no'],
    ['192.168.7.20', 'wss://h/ocpp/net/POST-1', 'no'],
  ])('of a new station from %s at %s the day is: %s', (address, url, plain) => {
    expect(wayIn({ ...knocked, address, url, reason: 'unknown-identity' })).toMatchObject({ isNew: true, plain })
  })

  it.each(['no-credential', 'wrong-password', 'wrong-user', 'quarantined'])('gives another password: %s', (reason) => {
    expect(wayIn({ ...knocked, reason })).toEqual({ isNew: false, asksPassword: true, plain: 'no' })
  })

  it.each(['bad-path', 'too-many-connects', 'too-many-tries', 'no-common-protocol', 'profile-needs-tls'])(
    'offers nothing where it would not help, or lock the station out: %s',
    (reason) => {
      expect(wayIn({ ...knocked, reason })).toBeUndefined()
    },
  )

  it('offers nothing for an attempt that named no station', () => {
    expect(wayIn({ address: knocked.address, url: knocked.url, reason: 'unknown-identity' })).toBeUndefined()
  })
})
