// The editor of the page for SPARQL: CodeMirror, with what is needed and no more.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const style = HighlightStyle.define([
  { tag: tags.keyword, class: "sparql-keyword" },
  { tag: tags.comment, class: "sparql-comment" },
  { tag: tags.string, class: "sparql-string" },
  { tag: [tags.atom, tags.number], class: "sparql-atom" },
  { tag: [tags.variableName, tags.name], class: "sparql-name" },
]);

// Puts an editor in the place of a text area, which keeps the text; Tab leaves it, as everywhere on the page.
window.ivigEditor = (area, run) => {
  const keep = EditorView.updateListener.of((update) => {
    if (update.docChanged) area.value = update.state.doc.toString();
  });
  const keys = keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }, ...defaultKeymap, ...historyKeymap]);
  const named = EditorView.contentAttributes.of({ "aria-label": area.labels[0].textContent, tabindex: "0" });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const drawn = drawSelection({ cursorBlinkRate: still ? 0 : 1200 });
  const extensions = [lineNumbers(), history(), drawn, keys, keep, named, EditorView.lineWrapping];
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      extensions: [...extensions, StreamLanguage.define(sparql), syntaxHighlighting(style)],
    }),
  });
  area.hidden = true;
  area.labels[0].addEventListener("click", () => view.focus());
  area.after(view.dom);
  return (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
};
