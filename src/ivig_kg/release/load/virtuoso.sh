#!/bin/sh
# Load this release into a running Virtuoso, and count what is there:
#   VIRTUOSO_PASSWORD=... sh load/virtuoso.sh [HOST:PORT [USER]]
# The port is that of isql (1111). The folder exports/ has to stand in DirsAllowed of the ini file of the server.
# Graphs of these names that are there already are added to: an older release has to be cleared before.
set -eu
server=${1:-127.0.0.1:1111}
user=${2:-dba}
password=${VIRTUOSO_PASSWORD:?set the password of the user in VIRTUOSO_PASSWORD}
exports=$(cd "$(dirname "$0")/../exports" && pwd)
isql=$(command -v isql-vt || command -v isql)
said=$("$isql" "$server" "$user" "$password" VERBOSE=OFF BANNER=OFF <<SQL
DELETE FROM DB.DBA.load_list WHERE ll_file = '$exports/ivig-kg.nq';
ld_dir('$exports', 'ivig-kg.nq', 'urn:unused');
rdf_loader_run();
checkpoint;
SELECT concat('error: ', ll_error) FROM DB.DBA.load_list WHERE ll_file = '$exports/ivig-kg.nq' AND ll_error IS NOT NULL;
SPARQL SELECT (CONCAT("found: ", STR(COUNT(*))) AS ?n)
WHERE { GRAPH ?g { ?s ?p ?o } FILTER (STRSTARTS(STR(?g), "https://w3id.org/ivig-kg/graph/")) };
SQL
)
found=$(printf '%s\n' "$said" | sed -n 's/.*found: \([0-9][0-9]*\).*/\1/p' | tail -n 1)
wanted=$(wc -l <"$exports/ivig-kg.nq" | tr -d ' ')
echo "${found:-0} of $wanted quads are in the graphs of ivig-kg"
if [ "$found" != "$wanted" ]; then
  printf '%s\n' "$said" >&2
  exit 1
fi
