#!/bin/sh
# Load this release into a new Oxigraph store, and count what is there:
#   sh load/oxigraph.sh STORE
set -eu
store=${1:?a folder that is not there yet: sh load/oxigraph.sh STORE}
data=$(cd "$(dirname "$0")/../exports" && pwd)/ivig-kg.nq
if [ -e "$store" ]; then
  echo "$store is there already: name a new folder" >&2
  exit 1
fi
oxigraph load --location "$store" --file "$data"
found=$(oxigraph query --location "$store" --results-format csv \
  --query 'SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }' | tr -d '\r' | tail -n 1)
wanted=$(wc -l <"$data" | tr -d ' ')
echo "$found of $wanted quads are in $store"
[ "$found" = "$wanted" ]
