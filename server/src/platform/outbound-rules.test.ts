import { describe, expect, it } from 'vitest'
import { type AllowedTarget, isPublicAddress, judgeAddress, judgeUrl, mayBeAllowed } from './outbound-rules.ts'

describe('an address is of the open internet, or not (attack 15)', () => {
  it.each(['1.1.1.1', '8.8.4.4', '172.32.0.1', '11.0.0.1', '193.166.3.2', '2606:4700::1111', '2a00:1450:4026::1'])(
    '%s is',
    (address) => expect(isPublicAddress(address)).toBe(true),
  )
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::808:808',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    'localhost',
    '',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false))
})

const onSite: readonly AllowedTarget[] = [
  { address: '10.1.2.0/24', port: 9000, plain: false },
  { address: '192.168.7.7', port: 8080, plain: true },
  { address: 'fd12::/32', port: 9000, plain: false },
]

describe('a URL, before its name is looked up', () => {
  it.each([
    ['https://billing.example/hooks', undefined],
    ['https://billing.example:8443/hooks?x=1', undefined],
    ['HTTPS://Billing.Example', undefined],
    ['https://1.1.1.1/', undefined],
    ['not an address', 'bad-address'],
    [`https://billing.example/${'x'.repeat(2_000)}`, 'bad-address'],
    ['ftp://billing.example/', 'scheme-not-allowed'],
    ['file:///etc/passwd', 'scheme-not-allowed'],
    ['gopher://127.0.0.1:70/', 'scheme-not-allowed'],
    ['data:text/plain,x', 'scheme-not-allowed'],
    ['http://billing.example/', 'plain-not-allowed'],
    ['https://user:pass@billing.example/', 'credentials-in-address'],
    ['https://billing.example:5432/', 'port-not-allowed'],
    ['https://billing.example:22/', 'port-not-allowed'],
    ['https://127.0.0.1/', 'private-address'],
    ['https://0x7f.1/', 'private-address'],
    ['https://2130706433/', 'private-address'],
    ['https://0177.0.0.1/', 'private-address'],
    ['https://127.1/', 'private-address'],
    ['https://①②⑦.0.0.1/', 'private-address'],
    ['https://[::1]/', 'private-address'],
    ['https://[::ffff:127.0.0.1]/', 'private-address'],
    ['https://[::ffff:7f00:1]/', 'private-address'],
    ['https://169.254.169.254/latest/meta-data/', 'private-address'],
    ['http://169.254.169.254/latest/meta-data/', 'private-address'],
    ['https://0.0.0.0/', 'private-address'],
    ['http://1.1.1.1/', 'plain-not-allowed'],
    ['https://1.1.1.1:6379/', 'port-not-allowed'],
  ])('%s: %s', (url, refusal) => {
    const judged = judgeUrl(url, [])
    expect(judged.ok ? undefined : judged.refusal).toBe(refusal)
  })
})

describe('an exception for a place on site', () => {
  it.each([
    ['https://10.1.2.3:9000/', '10.1.2.3', undefined],
    ['https://billing.lan:9000/', '10.1.2.3', undefined],
    ['https://billing.lan:9000/', 'fd12::9', undefined],
    ['http://192.168.7.7:8080/', '192.168.7.7', undefined],
    ['https://192.168.7.7:8080/', '192.168.7.7', undefined],
    ['http://10.1.2.3:9000/', '10.1.2.3', 'plain-not-allowed'],
    ['https://10.1.3.3:9000/', '10.1.3.3', 'private-address'],
    ['https://10.1.2.3/', '10.1.2.3', 'private-address'],
    ['https://billing.lan:9000/', '127.0.0.1', 'private-address'],
    ['https://billing.lan:9000/', '1.1.1.1', 'port-not-allowed'],
    ['http://billing.lan:8080/', '1.1.1.1', 'plain-not-allowed'],
    ['https://billing.lan:9000/', '::ffff:10.1.2.3', 'private-address'],
  ])('%s at %s: %s', (url, address, refusal) => {
    const judged = judgeUrl(url, onSite)
    const first = judged.ok ? undefined : judged.refusal
    expect(first ?? judgeAddress(new URL(url), address, onSite)).toBe(refusal)
  })

  it.each(['10.0.0.0/8', '192.168.1.1', '127.0.0.1', 'fd12::/32', '::1', '8.8.8.8'])('may be %s', (range) =>
    expect(mayBeAllowed(range)).toBe(true),
  )
  it.each([
    '0.0.0.0/0',
    '10.0.0.0/7',
    '169.254.169.254',
    '169.254.0.0/16',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::/0',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:10.0.0.1',
    'billing.lan',
    '10.0.0.1/33',
    '10.0.0.1/-1',
    '10.0.0.1/8/8',
    '',
  ])('may not be %j', (range) => expect(mayBeAllowed(range)).toBe(false))
})
