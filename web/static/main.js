// What htmx does not reach: one small module for each thing, all listening on the document.
import "./drafts.js";
import "./keys.js";
import "./newer.js";
import "./reading.js";
import "./times.js";
