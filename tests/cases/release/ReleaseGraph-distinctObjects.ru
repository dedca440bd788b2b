INSERT { ?s void:distinctObjects 1 }
WHERE { ?s a void:Dataset ; dcterms:identifier ?of FILTER (STRENDS(?of, '/facts')) }
