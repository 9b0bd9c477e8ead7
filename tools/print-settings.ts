import { settings } from '../server/src/config.ts'
import { keepFile } from './keep-file.ts'

// docs/settings.md, from the table that reads the settings.

const rows = Object.entries(settings).map(([name, setting]) => {
  const secret = 'secret' in setting && setting.secret === true ? ' Secret.' : ''
  return `| \`${name}\` | ${setting.about}${secret} | ${setting.otherwise} |`
})

keepFile(
  'docs/settings.md',
  `# Settings

Made by \`tools/print-settings.ts\` from \`server/src/config.ts\`; do not edit.

All settings come from the environment; there is no settings file. An empty value counts as absent. A setting that is malformed, or
one that begins like ours (\`LATAAMO_\`, \`STATION_\`, \`TLS_\`, \`DATABASE_\`) and is not known, stops the start with a sentence that names it.

| setting | what it means | when absent |
|---|---|---|
${rows.join('\n')}

The command line also reads \`LATAAMO_URL\` and \`LATAAMO_KEY\` where a script of \`docs/\` says so.
`,
)
