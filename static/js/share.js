// Buttons that pass an address on: hidden until what they need is there, and saying what they have done.
function textOf(id) {
  const source = document.getElementById(id);
  return source.value ?? source.textContent.trim();
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(textOf(button.dataset.copy));
  } catch {
    return; // the visitor refused, and the text stands there to be selected
  }
  const said = button.closest("[data-copying]").querySelector("[role=status]");
  said.textContent = "";
  // A reader that has just said the same words is told anew.
  requestAnimationFrame(() => { said.textContent = button.dataset.copied; });
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

if (navigator.share) {
  for (const button of document.querySelectorAll("[data-send]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ title: button.dataset.title, url: textOf(button.dataset.send) }).catch(() => {});
    });
  }
}
