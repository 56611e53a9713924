// Says what another amount costs after the tax reduction, while it is typed, and takes the cost
// away from those it does not concern: companies, and donors outside France.
const cost = document.querySelector("[data-net-cost]");
const form = cost?.closest("form");

/** The cents in "50", "50,5" or "1 000.50"; NaN for what the form would ask about. */
function cents(text) {
  const figures = text.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
  return /^\d{1,9}(\.\d{1,2})?$/.test(figures) ? Math.round(Number(figures) * 100) : NaN;
}

function money(amount) {
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency: "EUR",
    minimumFractionDigits: amount % 100 ? 2 : 0,
    maximumFractionDigits: 2,
  }).format(amount / 100);
}

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
