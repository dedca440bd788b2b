DELETE { ?s spdx:checksumValue ?o }
INSERT { ?s spdx:checksumValue 'F'^^xsd:hexBinary }
WHERE { ?s spdx:checksumValue ?o }
