import { Command } from 'commander'
import { simulateCommand } from '../../simulator/index.ts'
import { VERSION } from './app.ts'
import { doctor } from './command/doctor.ts'
import { printSignInLink } from './command/sign-in-link.ts'
import { start } from './command/start.ts'
import { readConfig, WrongSetting } from './config.ts'

// Who reads us may have gone (`| head`), and a disk that keeps what we say may be full: that ends nothing.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

/** The command line: acts on the installation in this folder (`start`, `doctor`, `sign-in-link`), or plays stations. */
const program = new Command('lataamo')
  .description('An open platform that runs a charging network for electric vehicles.')
  .version(VERSION)
  // Wrong use is 2; 1 means that it was refused. What is added below inherits it.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))

program
  .command('start')
  .description('start everything in this folder: database, portals, REST, stations')
  .option('--lan', 'listen on all addresses, whatever HOST says, and print the one to type into a station')
  .action((options: { lan?: boolean }) => start(readConfig(process.env), { lan: options.lan === true }))

program
  .command('doctor')
  .description('say what would hinder a start, and how to mend it')
  .action(() => doctor(() => readConfig(process.env)))

program
  .command('sign-in-link')
  .description('print a fresh one-time link to sign in; needs a running server in this folder')
  .option('--tenant <slug>', 'of which network')
  .option('--name <name>', 'of whom; without it, the first administrator')
  .action((options: { tenant?: string; name?: string }) => printSignInLink(readConfig(process.env), options))

program.addCommand(simulateCommand())

for (const [name, about, sentence] of [
  ['migrate', 'bring the data up to date by itself', 'npm start brings the data up to date.'],
  [
    'backup',
    'copy the data while the server runs',
    'stop the server and copy the folder of DATA_DIR, as docs/operator.md says.',
  ],
  ['restore', 'bring a copy back', 'stop the server, put the copied folder in the place of DATA_DIR, and start.'],
] as const)
  program
    .command(name)
    .description(`${about} (not built yet)`)
    .action(() => {
      throw new Error(`not-supported: ${name} is not built yet: ${sentence}`)
    })

try {
  await program.parseAsync()
} catch (error) {
  // One sentence for people; the trace for those who ask for it.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (process.env['LOG_LEVEL'] === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  process.exit(error instanceof WrongSetting ? 2 : 1)
}
