DELETE { ?s dcterms:license ?o }
WHERE { ?s a dcat:Dataset ; dcterms:license ?o }
