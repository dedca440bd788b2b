DELETE { ?s dcterms:creator ?o }
WHERE { ?s a dcat:Dataset ; dcterms:creator ?o }
