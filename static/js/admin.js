/* The admin's theme in a screen reader and under the keyboard: what its markup leaves out.
   Icons are words in a font, so they are hidden; what only a mouse could press becomes a button. */

const ICONS = ".material-symbols-outlined:not([aria-hidden])";
const PRESSED = "span, div, label";
const HELD = "a[href], button, input, select, textarea, summary";

function mend(root) {
  for (const icon of root.querySelectorAll(ICONS)) icon.setAttribute("aria-hidden", "true");
  for (const element of root.querySelectorAll(PRESSED)) {
    if (!element.hasAttribute("x-on:click") || element.hasAttribute("role")) continue;
    if (element.querySelector(HELD) || element.closest(HELD) || !element.textContent.trim()) continue;
    element.setAttribute("role", "button");
    element.tabIndex = 0;
  }
}

addEventListener("keydown", (event) => {
  const pressed = event.target;
  if (pressed.matches?.("[role=button]:not(button, a)") && ["Enter", " "].includes(event.key)) {
    event.preventDefault();
    pressed.click();
  }
});

/* The editor takes its field's label. */
function name(root) {
  for (const editor of root.querySelectorAll(".prose-editor [contenteditable]:not([aria-labelledby])")) {
    const field = editor.closest(".prose-editor").querySelector("textarea");
    const label = field && document.querySelector(`label[for="${field.id}"]`);
    if (!label) continue;
    label.id ||= `${field.id}_label`;
    editor.setAttribute("aria-labelledby", label.id);
  }
}

/* What a heading says, without its icons. */
function words(heading) {
  const copy = heading?.cloneNode(true);
  for (const icon of copy?.querySelectorAll(".material-symbols-outlined") ?? []) icon.remove();
  return copy?.textContent.trim().replace(/\s+/g, " ") ?? "";
}

document.addEventListener("DOMContentLoaded", () => {
  // Before simplebar names every part that scrolls “scrollable content”.
  const title = words(document.querySelector("h1"));
  const met = new Map();
  for (const part of document.querySelectorAll("[data-simplebar]")) {
    const heading = document.getElementById(part.closest("fieldset[aria-labelledby]")?.getAttribute("aria-labelledby"));
    const name = part.closest("nav")?.getAttribute("aria-label") ?? (words(heading) || title);
    met.set(name, (met.get(name) ?? 0) + 1);
    part.setAttribute("data-simplebar-aria-label", met.get(name) > 1 ? `${name} ${met.get(name)}` : name);
  }
  mend(document);
  name(document);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (!change.addedNodes.length) continue;
      mend(change.target);
      name(change.target);
    }
  }).observe(document.body, { childList: true, subtree: true });
});
