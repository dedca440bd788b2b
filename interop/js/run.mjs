// Does the jobs of a file, a line each, in one process, and prints what came of each: name, "ok" or "failed", words.
import fs from 'node:fs'
import readline from 'node:readline'
import { read } from './readers.mjs'
import { ask } from './comunica.mjs'
import { shapes, validate } from './shacl.mjs'

const verbs = { read, ask, shapes, validate }

for await (const line of readline.createInterface({ input: fs.createReadStream(process.argv[2]) })) {
  const [name, verb, ...words] = line.split('\t')
  let came
  try {
    came = ['ok', await verbs[verb](...words)]
  } catch (error) {
    came = ['failed', String(error?.message ?? error).replace(/\s+/g, ' ')]
  }
  process.stdout.write([name, ...came].join('\t') + '\n')
}
