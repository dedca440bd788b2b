"""The site: static pages in which the graph is read, followed and questioned, from a folder, without any server."""
