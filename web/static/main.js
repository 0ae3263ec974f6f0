// What htmx does not reach: one small module for each thing, all listening on the document.
import "./drafts.js";
import "./keys.js";
import "./live.js";
import "./presence.js";
import "./reading.js";
import "./selection.js";
import "./times.js";
import "./views.js";
