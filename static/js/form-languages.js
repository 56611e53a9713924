/* One language of a form at a time, and how many of its texts each lacks. Without it all are in sight.

   A text with a mistake stays in sight in any case (css/admin-content.css). */

const bar = document.querySelector("[data-form-languages]");

if (bar) {
  const form = document.getElementById(bar.dataset.formLanguages);
  const choices = [...bar.querySelectorAll("button[data-language]")];
  const codes = choices.map((choice) => choice.dataset.language).filter(Boolean);
  const KEPT = "form-language";

  const show = (language) => {
    form.dataset.language = language;
    for (const choice of choices) choice.setAttribute("aria-pressed", choice.dataset.language === language);
    localStorage.setItem(KEPT, language);
  };

  const written = (field) => field.value.replace(/<[^>]*>/g, "").trim() !== "";

  /* The texts that another language has and this one lacks; addresses are made from the titles. */
  const lacking = (code) =>
    [...form.querySelectorAll(`[name$="_${code}"]`)].filter((field) => {
      if (/__prefix__|(^|-)slug_/.test(field.name) || written(field)) return false;
      return codes.some((other) => {
        const twin = form.elements[field.name.replace(/_[a-z]+$/, `_${other}`)];
        return twin && written(twin);
      });
    }).length;

  const count = () => {
    for (const choice of choices) {
      const mark = choice.querySelector("[data-lacking]");
      if (!mark) continue;
      const number = lacking(choice.dataset.language);
      mark.hidden = number === 0;
      mark.textContent = mark.dataset.lacking.replace("0", number);
    }
  };

  let soon;
  form.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(count, 300);
  });
  for (const choice of choices) choice.addEventListener("click", () => show(choice.dataset.language));
  const kept = localStorage.getItem(KEPT);
  show(codes.includes(kept) ? kept : "");
  count();
  bar.hidden = false;
}
