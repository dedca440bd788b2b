INSERT { ?s void:subset <urn:x> }
WHERE { ?s a dcat:Dataset }
