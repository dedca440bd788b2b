#!/bin/sh
# Load this release into a new Jena TDB2 store, and count what is there:
#   sh load/jena.sh STORE
set -eu
store=${1:?a folder that is not there yet: sh load/jena.sh STORE}
data=$(cd "$(dirname "$0")/../exports" && pwd)/ivig-kg.nq
if [ -e "$store" ]; then
  echo "$store is there already: name a new folder" >&2
  exit 1
fi
tdb2.tdbloader --loc "$store" "$data"
found=$(tdb2.tdbquery --loc "$store" --results=csv \
  'SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }' | tr -d '\r' | tail -n 1)
wanted=$(wc -l <"$data" | tr -d ' ')
echo "$found of $wanted quads are in $store"
[ "$found" = "$wanted" ]
