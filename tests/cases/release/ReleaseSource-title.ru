DELETE { ?s dcterms:title ?o }
WHERE { ?s a dcterms:BibliographicResource ; dcterms:title ?o }
