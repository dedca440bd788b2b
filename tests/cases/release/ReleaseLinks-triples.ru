DELETE { ?s void:triples ?o }
WHERE { ?s a void:Linkset ; void:triples ?o }
