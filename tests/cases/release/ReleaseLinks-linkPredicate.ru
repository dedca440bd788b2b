DELETE { ?s void:linkPredicate ?o }
WHERE { ?s void:linkPredicate ?o }
