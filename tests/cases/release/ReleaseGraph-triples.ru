DELETE { ?s void:triples ?o }
INSERT { ?s void:triples 0 }
WHERE { ?s void:triples ?o . ?s a void:Dataset ; dcterms:identifier ?of FILTER (STRENDS(?of, '/facts')) }
