// After a refused form the reader starts at what is wrong, not at the top of the page.
document.querySelector("[data-focus]")?.focus();
