DELETE { ?s dcat:version ?o }
WHERE { ?s a dcat:Dataset ; dcat:version ?o }
