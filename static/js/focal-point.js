// Beside a file field of the admin: the picture, on which a click says what must stay in sight.
// The two numbers below it say the same and work alone.

const known = new WeakSet();

function attach(input) {
  if (known.has(input)) return;
  known.add(input);
  const [own, across, down] = input.dataset.focalPoint.split(" ");
  const start = input.name.slice(0, input.name.length - own.length);
  const numbers = [across, down].map((name) => input.form.elements.namedItem(start + name));
  if (numbers.some((number) => !number)) return;

  const frame = document.createElement("div");
  const picture = document.createElement("img");
  const mark = document.createElement("span");
  const hint = document.createElement("p");
  frame.className = "focal-point";
  frame.hidden = true;
  picture.alt = "";
  mark.className = "focal-point__mark";
  hint.className = "focal-point__hint";
  hint.textContent = input.dataset.focalHint;
  frame.append(picture, mark, hint);
  // The themes put the file field itself where nobody sees it: the picture stands at the end of its row.
  const row = input.closest(`.field-${own}`);
  if (row) row.append(frame);
  else input.after(frame);

  const place = () => {
    mark.style.insetInlineStart = `${(picture.clientWidth * numbers[0].value) / 100}px`;
    mark.style.insetBlockStart = `${(picture.clientHeight * numbers[1].value) / 100}px`;
  };
  const show = (address) => {
    frame.hidden = false;
    picture.src = address;
    row?.querySelectorAll("a > img").forEach((small) => { small.parentElement.hidden = true; });
  };
  picture.addEventListener("load", place);
  picture.addEventListener("error", () => { frame.hidden = true; });
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    const percent = (at, from, size) => Math.round(Math.min(Math.max((at - from) / size, 0), 1) * 100);
    numbers[0].value = percent(event.clientX, box.left, box.width);
    numbers[1].value = percent(event.clientY, box.top, box.height);
    for (const number of numbers) number.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const number of numbers) number.addEventListener("input", place);
  addEventListener("resize", place);
  input.addEventListener("change", () => {
    const file = input.files[0];
    if (file) show(URL.createObjectURL(file));
  });
  if (input.dataset.focalPicture) show(input.dataset.focalPicture);
  // In a part that is folded away a picture has no size yet.
  new ResizeObserver(place).observe(picture);
}

const attachAll = (within) => within.querySelectorAll("input[type=file][data-focal-point]").forEach(attach);
document.addEventListener("formset:added", (event) => attachAll(event.target));
attachAll(document);
