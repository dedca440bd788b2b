DELETE { ?s dcat:mediaType ?o }
INSERT { ?s dcat:mediaType <urn:x> }
WHERE { ?s dcat:mediaType ?o }
