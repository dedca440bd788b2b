INSERT { ?s dcterms:license 'x' }
WHERE { ?s a dcterms:BibliographicResource }
