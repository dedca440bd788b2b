DELETE { ?s void:subjectsTarget ?o }
WHERE { ?s void:subjectsTarget ?o }
