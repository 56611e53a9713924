/* Rows of a form moved up and down with buttons: what dragging does, for the keyboard. */

const ROW = ".form-group.original";

function renumber(rows) {
  [...rows.querySelectorAll(`:scope > ${ROW}`)].forEach((row, place) => {
    const order = row.querySelector(`input[name$="-${rows.dataset.orderingField}"]`);
    if (order) order.value = place + 1;
  });
}

function ends(rows) {
  const all = [...rows.querySelectorAll(`:scope > ${ROW}`)];
  all.forEach((row, place) => {
    row.querySelector("[data-move=up]").disabled = place === 0;
    row.querySelector("[data-move=down]").disabled = place === all.length - 1;
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const row = button.closest(ROW);
  const up = button.dataset.move === "up";
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other?.matches(ROW)) return;
  if (up) other.before(row);
  else other.after(row);
  renumber(row.parentElement);
  ends(row.parentElement);
  if (button.disabled) row.querySelector("[data-move]:not(:disabled)")?.focus();
  else button.focus();
});

for (const button of document.querySelectorAll("[data-move]")) button.hidden = false;
for (const rows of document.querySelectorAll("[data-ordering-field].formset")) {
  ends(rows);
  rows.addEventListener("drop", () => setTimeout(() => ends(rows)));
}
