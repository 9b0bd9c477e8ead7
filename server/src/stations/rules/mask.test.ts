import { expect, it } from 'vitest'
import { hasUrlPassword, masked, maskedText } from './mask.ts'

const MOST_BYTES = 262_144

it.each([
  ['letters, any of which could begin an address', 'a'],
  ['beginnings of addresses', 'a://'],
  ['addresses without an end', '://a:b'],
  ['names of secrets', '\\"password\\" '],
])('a frame as long as one may be is looked through once, also where it is made of %s', (_, piece) => {
  const text = piece.repeat(Math.floor(MOST_BYTES / piece.length))
  // As long as the square of it would take, no test lasts.
  expect(maskedText(`[2,"1","DataTransfer",{"vendorId":"x","data":"${text}"}]`)).toContain('DataTransfer')
  expect(maskedText(`[2,"1","DataTransfer",{"vendorId":"x","data":"${text}`)).toContain('DataTransfer')
  expect(hasUrlPassword(text)).toBe(false)
})

it('hides passwords in addresses of every kind', () => {
  for (const scheme of ['ftp', 'HTTPS', 'x+y.z-1', '1ftp'])
    expect(masked(`see ${scheme}://files:s3cret@example.org/x`)).toBe(`see ${scheme}://files:•••@example.org/x`)
  expect(masked('ocpp://host:8080/path and a@b')).toBe('ocpp://host:8080/path and a@b')
})

it('hides the value of a secret setting where a report nests it, and a VPN’s shared secret', () => {
  const report = (name: string) => ({
    reportData: [
      {
        component: { name: 'SecurityCtrlr' },
        variable: { name },
        variableAttribute: [{ type: 'Actual', value: 's3cret-of-16-char' }],
      },
    ],
  })
  expect(JSON.stringify(masked(report('BasicAuthPassword')))).not.toContain('s3cret')
  expect(masked(report('Identity'))).toEqual(report('Identity'))
  const vpn = { server: 'vpn.example.org', user: 'u', password: 'p4ss', key: 's3cret', type: 'IPSec' }
  expect(masked({ connectionData: { vpn } })).toEqual({
    connectionData: { vpn: { ...vpn, password: '•••', key: '•••' } },
  })
  expect(masked({ key: 'HeartbeatInterval', value: '60' })).toEqual({ key: 'HeartbeatInterval', value: '60' })
})

it.each([
  ['basicAuthPassword', '{"basicAuthPassword":"s3cret"'],
  ['preSharedKey', '{"preSharedKey" : "s3cret'],
  ['an escaped quote', '{"password":"a\\"s3cret"'],
  ['an address', '{"location":"ftp://files:s3cret@example.org/x"'],
])('hides %s also in what cannot be read', (_, text) => {
  expect(maskedText(`[2,"1","X",${text}`)).not.toContain('s3cret')
})
