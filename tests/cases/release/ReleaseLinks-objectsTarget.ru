DELETE { ?s void:objectsTarget ?o }
WHERE { ?s void:objectsTarget ?o }
