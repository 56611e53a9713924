/* A button that copies the field it names; where a browser cannot, the field is selected to be copied. */

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return;
    }
    const words = button.innerHTML;
    button.setAttribute("role", "status");
    button.textContent = button.dataset.copied;
    setTimeout(() => {
      button.removeAttribute("role");
      button.innerHTML = words;
    }, 2000);
  });
}
