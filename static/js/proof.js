// While cards are being tested: the browser does the work that tells a donor from a machine, unseen, and the
// form waits for it. A form that came back only for want of it is sent again by itself.
const form = document.querySelector("form[data-challenge]");
const field = form?.elements.namedItem("proof");

if (field && !field.value && window.Worker && window.isSecureContext) {
  const worker = new Worker(form.dataset.worker);
  let pressed = null;

  const hold = (event) => {
    // Another language is no gift: it need not wait.
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    pressed = event.submitter ?? form.querySelector("[type=submit]");
  };
  const release = (button) => {
    worker.terminate();
    form.removeEventListener("submit", hold);
    if (button) form.requestSubmit(button);
  };

  form.addEventListener("submit", hold);
  worker.addEventListener("message", ({ data }) => {
    field.value = data;
    release(pressed ?? ("resend" in form.dataset ? form.querySelector(".form__send [type=submit]") : null));
  });
  // Without the proof, the page that comes back says what to do.
  worker.addEventListener("error", () => release(pressed));
  worker.postMessage(form.dataset.challenge);
}
