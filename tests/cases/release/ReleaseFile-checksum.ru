DELETE { ?s spdx:checksum ?o }
WHERE { ?s spdx:checksum ?o }
