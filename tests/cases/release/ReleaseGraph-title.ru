DELETE { ?s dcterms:title ?o }
WHERE { ?s dcterms:title ?o . ?s a void:Dataset ; dcterms:identifier ?of FILTER (STRENDS(?of, '/facts')) }
