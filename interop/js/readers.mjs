// Readers: a file is read by one of them and given back as N-Quads.
import fs from 'node:fs'
import jsonld from 'jsonld'
import n3 from 'n3'
import { quadsOf } from './comunica.mjs'

const { Parser, Writer } = n3
const KINDS = { ttl: 'text/turtle', nt: 'application/n-triples', nq: 'application/n-quads', trig: 'application/trig' }

function written (quads) {
  const writer = new Writer({ format: 'N-Quads' })
  return writer.quadsToString(quads)
}

const readers = {
  n3: (file, form) => written(new Parser({ format: KINDS[form] }).parse(fs.readFileSync(file, 'utf8'))),
  'jsonld.js': file => jsonld.toRDF(JSON.parse(fs.readFileSync(file, 'utf8')), { format: 'application/n-quads', safe: true }),
  comunica: async (file, form) => written(await quadsOf(file, form))
}

export async function read (reader, form, file, out) {
  const text = await readers[reader](file, form)
  fs.writeFileSync(out, text)
  return ''
}
