DELETE { ?s spdx:algorithm ?o }
WHERE { ?s spdx:algorithm ?o }
