// Says what another amount costs after the tax reduction, while it is typed, and takes the cost
// away from those it does not concern: companies, and donors outside France.
import { cents, money } from "./give-button.js";

const cost = document.querySelector("[data-net-cost]");
const form = cost?.closest("form");

function show() {
  const given = cents(form.elements.other_amount.value);
  const reduction = Math.floor((given * Number(cost.dataset.netCost)) / 100);
  cost.textContent = given > 0 ? cost.dataset.words.replace("AMOUNT", money(given - reduction)) : "";
  const concerned = form.elements.donor_kind.value !== "company" && form.elements.country.value === "FR";
  form.toggleAttribute("data-no-reduction", !concerned);
}

if (form) {
  form.addEventListener("input", show);
  show();
}
