// The bar at the foot of a phone's screen stands back while another way to give is in view.
const bar = document.querySelector("[data-give-bar]");
const others = document.querySelectorAll("[data-give]");

if (bar && others.length && "IntersectionObserver" in window) {
  const inView = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) inView.add(target);
      else inView.delete(target);
    }
    if (!bar.contains(document.activeElement)) bar.toggleAttribute("data-resting", inView.size > 0);
  });
  others.forEach((other) => watch.observe(other));
}
