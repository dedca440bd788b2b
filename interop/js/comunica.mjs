// Comunica: files as sources, the default graph or the union of the named graphs asked.
import fs from 'node:fs'
import { QueryEngine } from '@comunica/query-sparql-file'
import dataModel from '@rdfjs/data-model'

const engine = new QueryEngine()

export async function quadsOf (file, form) {
  if (form !== 'nq' && form !== 'trig') {
    return await (await engine.queryQuads('CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }', { sources: [file] })).toArray()
  }
  const found = await engine.queryBindings('SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }', { sources: [file] })
  return await found.map(row => dataModel.quad(...['s', 'p', 'o', 'g'].map(name => row.get(name)))).toArray()
}

// The named graphs are named by FROM: over `unionDefaultGraph` a path that may be of no length finds nothing.
const named = new Map()

async function from (file) {
  if (!named.has(file)) {
    const found = await engine.queryBindings('SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }', { sources: [file] })
    named.set(file, (await found.toArray()).map(row => `FROM <${row.get('g').value}>\n`).join(''))
  }
  return named.get(file)
}

export async function ask (graphs, file, query, out) {
  const text = fs.readFileSync(query, 'utf8')
  const clauses = graphs === 'named' ? await from(file) : ''
  const result = await engine.query(text.replace(/^WHERE/m, `${clauses}WHERE`), { sources: [file] })
  const { data } = await engine.resultToString(result, 'application/sparql-results+json')
  const pieces = []
  for await (const piece of data) pieces.push(piece)
  fs.writeFileSync(out, pieces.join(''))
  return ''
}
