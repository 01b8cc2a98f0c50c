// A process of its own for the test that kills it: handles slowly and says when it is inside a batch.
import { recorder } from '#platform/bus/conformance/kit.ts'
import { createPostgresBus } from '#platform/bus/postgres-bus.ts'
import { openDatabase } from '#platform/database/database.ts'

const database = openDatabase(process.argv[2] as string)
const bus = createPostgresBus({ database, pollMs: 100 })
bus.subscribe(
  recorder('one', {
    batchSize: 10,
    after: async () => {
      process.stdout.write('inside\n')
      await new Promise((resolve) => setTimeout(resolve, 20))
    },
  }),
)
await bus.start()
