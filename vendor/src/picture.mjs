// The picture of the site: Cytoscape.js, as a name that a classic script can use.
import cytoscape from "cytoscape";

window.cytoscape = cytoscape;
