// Names on the button what it does: how much is given, and how often. An amount that was chosen among those of
// another frequency is chosen anew among the right ones, or not at all.
const button = document.querySelector("[data-give-button]");
const form = button?.closest("form");
const plain = button?.textContent;

/** The cents in "50", "50,5" or "1 000.50"; NaN for what the form would ask about. */
export function cents(text) {
  const figures = text.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
  return /^\d{1,9}(\.\d{1,2})?$/.test(figures) ? Math.round(Number(figures) * 100) : NaN;
}

export function money(amount) {
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency: "EUR",
    minimumFractionDigits: amount % 100 ? 2 : 0,
    maximumFractionDigits: 2,
  }).format(amount / 100);
}

function given() {
  const chosen = form.querySelector("[name=amount]:checked");
  return chosen?.dataset.cents ? Number(chosen.dataset.cents) : cents(form.elements.other_amount.value);
}

function show() {
  const amount = given();
  const words = button.dataset[form.elements.frequency.value];
  button.textContent = amount > 0 && words ? words.replace("AMOUNT", money(amount)) : plain;
}

function chooseAnew() {
  const chosen = form.querySelector("[data-offer] [name=amount]:checked");
  const frequency = form.elements.frequency.value;
  if (!chosen || chosen.closest("[data-offer]").dataset.offer.split(" ").includes(frequency)) return;
  const same = form.querySelector(`[data-offer~="${frequency}"] [name=amount][value="${chosen.value}"]`);
  chosen.checked = false;
  if (same) same.checked = true;
}

if (form) {
  form.addEventListener("input", (event) => {
    if (event.target.name === "frequency") chooseAnew();
    show();
  });
  show();
}
