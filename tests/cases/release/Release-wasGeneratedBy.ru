DELETE { ?s prov:wasGeneratedBy ?o }
WHERE { ?s a dcat:Dataset ; prov:wasGeneratedBy ?o }
