INSERT { ?s dcat:previousVersion <urn:x> }
WHERE { ?s a dcat:Dataset }
