DELETE { ?s dcterms:title ?o }
INSERT { ?s dcterms:title '/x' }
WHERE { ?s a dcat:Distribution ; dcterms:title ?o }
