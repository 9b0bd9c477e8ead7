import { askingLimits, MOST_LOST } from '../server/src/stations/rules/asking-limits.ts'
import { keepFile } from './keep-file.ts'

// docs/asking-limits.md: what the platform asks of a station by itself, and how often at most.

const rows = Object.entries(askingLimits).map(
  ([kind, { perHour, why }]) => `| \`${kind}\` | ${perHour ?? '–'} | ${why} |`,
)

keepFile(
  'docs/asking-limits.md',
  `# What a station is asked without anybody asking

Made by \`tools/print-asking-limits.ts\` from \`server/src/stations/rules/asking-limits.ts\`; do not edit.

Whatever the platform asks of a station by itself has a limit. When it is reached the command ends at once as \`asked-too-often\`, and staff are
alerted; what wanted it tries again later or goes on without. What a person or a program asks is neither counted nor held back. A command that may wait for its
station, whose connection broke before the answer came, is sent again ${MOST_LOST} times at most, when the station is back. One that was out when the
program itself was killed is not: it times out.

| command | most within an hour, per station | when, and what else holds it |
|---|---|---|
${rows.join('\n')}
`,
)
