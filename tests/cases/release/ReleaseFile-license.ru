DELETE { ?s dcterms:license ?o }
WHERE { ?s a dcat:Distribution ; dcterms:license ?o }
