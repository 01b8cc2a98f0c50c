import { buildProgram } from './program.ts'
import { explain } from './trouble.ts'

// The reader of a pipe that is closed early (`| head`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
})

try {
  await buildProgram().parseAsync(process.argv)
} catch (error) {
  const { text, exitCode } = explain(error)
  if (text) process.stderr.write(`${text}\n`)
  process.exitCode = exitCode
}
