/** A certificate for `billing.example` that nobody but the tests trusts, with its key. It protects nothing. */
export const testCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9RitYnohT8ShqxIv
ifLrbKrObTPSG/A2qj03BpnBE8OhRANCAATv+VtqF3CDX+ofz/ezBJaZ34Iqj7fd
4ZKZvuyxdJ2OelrPfc+h/2THHlcTT3TBI+BsmgRsvmeqsaTiE8XyuvyK
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBpjCCAU2gAwIBAgIUKAPnEUYSQQFcpeb6Hrf0rIaPmDAwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPYmlsbGluZy5leGFtcGxlMCAXDTI2MTEyNjE3MDgwMFoYDzIx
MjYxMTAyMTcwODAwWjAaMRgwFgYDVQQDDA9iaWxsaW5nLmV4YW1wbGUwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAATv+VtqF3CDX+ofz/ezBJaZ34Iqj7fd4ZKZvuyx
dJ2OelrPfc+h/2THHlcTT3TBI+BsmgRsvmeqsaTiE8XyuvyKo28wbTAdBgNVHQ4E
FgQU+JOFBewDJVK8LfqyBQJA6mkGNYswHwYDVR0jBBgwFoAU+JOFBewDJVK8Lfqy
BQJA6mkGNYswDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgg9iaWxsaW5nLmV4
YW1wbGUwCgYIKoZIzj0EAwIDRwAwRAIgAhyaa3bitpaQ2V63p0b0jHb03wjHI1d/
hjMYmt+27TUCIAQr6PoR4tEFfzhPrqm1LY4fWhaLuTw3mdqqviwfYsoM
-----END CERTIFICATE-----
`,
}
