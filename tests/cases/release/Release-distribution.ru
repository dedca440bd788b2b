INSERT { ?s dcat:distribution <urn:x> }
WHERE { ?s a dcat:Dataset }
