INSERT { ?s void:classPartition 'x' }
WHERE { ?s a void:Dataset ; dcterms:identifier ?of FILTER (STRENDS(?of, '/facts')) }
