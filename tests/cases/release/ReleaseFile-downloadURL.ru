DELETE { ?s dcat:downloadURL ?o }
WHERE { ?s dcat:downloadURL ?o }
