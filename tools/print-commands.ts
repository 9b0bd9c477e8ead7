import { messagesOfCommands, protocols } from '../server/src/stations/protocols/index.ts'
import { keepFile } from './keep-file.ts'

// docs/commands.md: which command each version of OCPP can carry out, asked of the protocols themselves.

const versions = protocols.toSorted((a, b) => (a.version < b.version ? -1 : 1))
const messages = versions.map(
  (protocol) => new Map(messagesOfCommands(protocol).map((row) => [row.kind, row.messages])),
)
const kinds = [...(messages[0]?.keys() ?? [])]

/** What is sent, as the version calls it; a spelled-out message has no name of its own. */
function cell(kind: string, names: readonly string[] | undefined): string {
  if (names === undefined || names.length === 0) return '–'
  return kind === 'raw-call' ? 'any' : names.join(', ')
}

const rows = kinds.map((kind) => `| \`${kind}\` | ${messages.map((row) => cell(kind, row.get(kind))).join(' | ')} |`)

keepFile(
  'docs/commands.md',
  `# Commands and versions

Made by \`tools/print-commands.ts\` from the protocols' own tables; do not edit.

What can be asked of a station with \`POST /v1/stations/{id}/commands\`, by the version it speaks, and the message that goes out. A dash means \`not-supported\`: the
version has no message for it, and Lataamo does not pretend. \`raw-call\` sends any message of the version, checked against its schema.
\`send-list\` is the platform's own: it keeps each station's local list in step by itself, and takes none over REST.

| command | ${versions.map((protocol) => protocol.version.replace('ocpp', 'OCPP ')).join(' | ')} |
|---|${versions.map(() => '---|').join('')}
${rows.join('\n')}
`,
)
