DELETE { ?s dcterms:rights ?o }
WHERE { ?s a dcterms:BibliographicResource ; dcterms:rights ?o }
