DELETE { ?s dcterms:description ?o }
WHERE { ?s a dcat:Dataset ; dcterms:description ?o }
