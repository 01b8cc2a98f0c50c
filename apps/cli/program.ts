import { Command, InvalidArgumentError, Option } from 'commander'
import { Locale, Phase } from '#contracts/common.ts'
import { runBatch } from './run.ts'
import { serve, startWithFolder } from './start.ts'
import { addFiles, removeFile, retryBatch, showResults, showStatus } from './batches.ts'
import { doctor } from './doctor.ts'
import {
  addProvider,
  addSchool,
  addUser,
  collectRoles,
  disableUser,
  listSchools,
  listUsers,
  removeProvider,
  resetPassword,
} from './people.ts'
import { spell } from './spell.ts'
import { traceFile } from './trace.ts'

const positive = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('A whole number from 1 is wanted.')
  return value
}

const phases = (text: string): string[] => {
  const wanted = text.split(',').map((name) => name.trim())
  const wrong = wanted.filter((name) => !Phase.options.includes(name as Phase))
  if (wrong.length > 0)
    throw new InvalidArgumentError(
      `There is no phase "${wrong.join('", "')}". The phases are ${Phase.options.join(', ')}.`,
    )
  return wanted
}

const dataOption = () => new Option('--data <dir>', 'the data folder (default ./data)')
const servicesOption = () =>
  new Option('--services <list>', 'which services this process runs, separated by commas (default all)')
const jsonOption = () => new Option('--json', 'one JSON object a line')

const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`

export function buildProgram(): Command {
  const program = new Command('assay')
    .description(
      "Assesses a class's writing: reads every file, checks the language of each, and says plainly what failed and why.",
    )
    .exitOverride()
    .showSuggestionAfterError(true)
    .showHelpAfterError('Run "assay --help" for the commands.')
    .addHelpText('after', examples('assay run essays/', 'assay up', 'assay trace maria-final.docx'))

  program
    .command('run')
    .description('read and check a folder or files, and write report.html, results.json and results.csv')
    .argument('<paths...>', 'a folder, or files')
    .option('--out <dir>', 'where the report goes (default ./out/<name>)')
    .option('--capacity <n>', 'slots of a new batch; open without it', positive)
    .option('--phases <list>', `phases, separated by commas (${Phase.options.join(',')})`, phases)
    .addOption(new Option('--locale <locale>', 'British or American spelling').choices([...Locale.options]))
    .option('--title <title>', 'the title of a new batch')
    .option('--prompt <text>', 'the task that was answered')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'assay run essays/',
        'assay run essays/ --capacity 15 --out report',
        'assay run maria.docx jose.pdf --json',
      ),
    )
    .action((paths: string[], flags) => runBatch(paths, flags))

  program
    .command('start')
    .description('serve the API, taking the sample class or your folder first')
    .argument('[dir]', 'a folder of essays; the sample class without it')
    .option('--out <dir>', 'where the report goes')
    .option('--exit', 'stop after the report')
    .option('--no-sample', 'only serve')
    .option('--no-open', 'do not open the browser')
    .option('--port <n>', 'the port of the API (default 4400)')
    .addOption(new Option('--mode <mode>', 'who is asking').choices(['laptop', 'server']))
    .addOption(servicesOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'npm start',
        'npm start -- my-folder',
        'npm start -- my-folder --exit --out report',
        'npm start -- --no-sample --data DIR --port 4401',
      ),
    )
    .action((dir: string | undefined, flags) => startWithFolder(dir, flags))

  program
    .command('up')
    .description('serve the API until Ctrl-C')
    .option('--port <n>', 'the port of the API (default 4400)')
    .addOption(servicesOption())
    .addOption(dataOption())
    .addHelpText('after', examples('assay up', 'assay up --port 4401 --data ./year-9'))
    .action((flags) => serve(flags))

  program
    .command('add')
    .description('add files to a batch')
    .argument('<batch>', 'its id, its title, or "latest"')
    .argument('<files...>')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay add latest late.docx', 'assay add "Year 9" more/'))
    .action((batch: string, files: string[], flags) => addFiles(batch, files, flags))

  program
    .command('remove')
    .description('remove a file from its batch')
    .argument('<batch>', 'its id, its title, or "latest"')
    .argument('<file>', 'its name or its id')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay remove latest maria-final.docx'))
    .action((batch: string, file: string, flags) => removeFile(batch, file, flags))

  program
    .command('status')
    .description('where every file of a batch is')
    .argument('[batch]', 'its id, its title, or "latest"', 'latest')
    .option('--watch', 'go on until nothing moves')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay status', 'assay status "Year 9" --watch'))
    .action((batch: string, flags) => showStatus(batch, flags))

  program
    .command('trace')
    .description('every hop of one file, with time, service and duration; what it waits for, and since when')
    .argument('<file>', 'a file name, its id, or a correlation id')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay trace maria-final.docx', 'assay trace 0199c7a2-… --json'))
    .action((file: string, flags) => traceFile(file, flags))

  program
    .command('retry')
    .description('run a batch again; what exists already is not computed again')
    .argument('<batch>', 'its id, its title, or "latest"')
    .option('--failed', 'only the essays with a failed phase')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay retry latest --failed'))
    .action((batch: string, flags) => retryBatch(batch, flags))

  program
    .command('results')
    .description('the results of a batch')
    .argument('[batch]', 'its id, its title, or "latest"', 'latest')
    .addOption(new Option('--format <format>', 'how').choices(['table', 'csv', 'json']).default('table'))
    .addOption(dataOption())
    .addHelpText('after', examples('assay results', 'assay results latest --format csv > class.csv'))
    .action((batch: string, flags) => showResults(batch, flags))

  addPeople(program)

  program
    .command('spell')
    .description('the spelling findings of a text as JSON lines; needs no database')
    .argument('<file>', 'a text file, or - for standard input')
    .option('--words', 'each line is one word: says for each whether it is known, and what is suggested')
    .addOption(new Option('--dialect <dialect>', 'British or American').choices(['gb', 'us']).default('gb'))
    .addHelpText('after', examples('assay spell essay.txt', 'echo recieve | assay spell - --words'))
    .action((file: string, flags) => spell(file, flags))

  program
    .command('doctor')
    .description('looks at everything Assay stands on, and says what to do about what is wrong')
    .addOption(dataOption())
    .option('--port <n>', 'the port of the API (default 4400)')
    .addOption(jsonOption())
    .addHelpText('after', examples('assay doctor', 'assay doctor --data ./year-9 --json'))
    .action((flags) => doctor(flags))

  return program
}

/** `assay school …` and `assay user …`: they work on the database itself, beside a running server or without one. */
function addPeople(program: Command): void {
  const school = program.command('school').description('the schools of a server')
  school
    .command('add')
    .description('add a school')
    .argument('<name>')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay school add "Hill School"', 'assay school add "Hill School" --json'))
    .action((name: string, flags) => addSchool(name, flags))
  school
    .command('list')
    .description('the schools and their ids')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay school list'))
    .action((flags) => listSchools(flags))

  school
    .command('add-provider')
    .description('let the people of a school sign in with its OIDC provider')
    .argument('<school>', 'the id of the school, from "assay school list"')
    .requiredOption('--id <id>', 'a short name for it, part of its address')
    .requiredOption('--name <name>', 'what the button on the sign-in page says')
    .requiredOption('--issuer <url>', 'the address of the provider')
    .requiredOption('--domain <domain>', 'only email addresses of this domain get in')
    .requiredOption('--client-id <id>', 'as the provider has given it')
    .option('--client-secret-stdin', 'read the client secret from standard input')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'assay school add-provider 0199c7a2-… --id hill --name "Hill School" --issuer https://login.hill.example --domain hill.example --client-id assay --client-secret-stdin < secret.txt',
      ),
    )
    .action((id: string, flags) => addProvider(id, flags))
  school
    .command('remove-provider')
    .description('let nobody sign in with this provider any more')
    .argument('<id>', 'its short name')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay school remove-provider hill'))
    .action((id: string, flags) => removeProvider(id, flags))

  const password = () => new Option('--password-stdin', 'read the password from standard input')
  const user = program.command('user').description('the people who may sign in')
  user
    .command('add')
    .description('add a person who signs in with a password')
    .argument('<email>')
    .requiredOption('--school <id>', 'the id of the school, from "assay school list"')
    .requiredOption('--role <role>', 'admin, teacher, judge or student; may be repeated', collectRoles)
    .option('--name <name>', 'as others see it (default: what stands before the @)')
    .addOption(password())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'assay user add ana@hill.example --school 0199c7a2-… --role teacher --password-stdin < password.txt',
      ),
    )
    .action((email: string, flags) => addUser(email, flags))
  user
    .command('list')
    .description('everyone who has an account')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay user list', 'assay user list --json'))
    .action((flags) => listUsers(flags))
  user
    .command('reset-password')
    .description('a link with which a person chooses a new password, or the password itself')
    .argument('<email>')
    .addOption(password())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('assay user reset-password ana@hill.example --password-stdin < password.txt'),
    )
    .action((email: string, flags) => resetPassword(email, flags))
  user
    .command('disable')
    .description('let a person in no more; ends every session of theirs')
    .argument('<email>')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('assay user disable ana@hill.example'))
    .action((email: string, flags) => disableUser(email, flags))
}
