DELETE { ?s dcat:byteSize ?o }
INSERT { ?s dcat:byteSize 3 }
WHERE { ?s dcat:byteSize ?o }
