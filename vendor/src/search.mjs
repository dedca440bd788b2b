// The search of the site: MiniSearch, as a name that a classic script can use.
import MiniSearch from "minisearch";

window.MiniSearch = MiniSearch;
