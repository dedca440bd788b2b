DELETE { ?s dcterms:issued ?o }
WHERE { ?s a dcat:Dataset ; dcterms:issued ?o }
