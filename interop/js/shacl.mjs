// shacl-engine: the shapes are read once, each file is validated against them.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import dataModel from '@rdfjs/data-model'
import n3 from 'n3'
import { Validator } from 'shacl-engine'

const COMUNICA = '@comunica/query-sparql-rdfjs-lite'

// Its SPARQL constraints make a Comunica for each query, at 25 ms; here all queries share one.
function shareComunica () {
  const require = createRequire(import.meta.resolve('shacl-engine'))
  const place = require.resolve(`${COMUNICA}/engine-default.js`)
  const make = require(place)
  let made
  require.cache[place].exports = () => (made ??= make())
}

shareComunica()
const { validations } = await import('shacl-engine/sparql.js')
const local = iri => iri.slice(Math.max(iri.lastIndexOf('#'), iri.lastIndexOf('/')) + 1)
const dataset = file => new n3.Store(new n3.Parser().parse(fs.readFileSync(file, 'utf8')))
let validator

export async function shapes (file) {
  validator = new Validator(dataset(file), { factory: dataModel, validations })
  return ''
}

export async function validate (file, out) {
  const report = await validator.validate({ dataset: dataset(file) })
  const lines = report.results.map(result => [
    result.focusNode.term.value,
    local(result.constraintComponent.value),
    result.shape.ptr.term.value
  ].join('\t'))
  fs.writeFileSync(out, lines.map(line => line + '\n').join(''))
  return String(lines.length)
}
