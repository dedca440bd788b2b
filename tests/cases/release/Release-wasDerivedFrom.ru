INSERT { ?s prov:wasDerivedFrom <urn:x> }
WHERE { ?s a dcat:Dataset }
