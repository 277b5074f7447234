// What scrolls in a box of its own can be reached with the keyboard, and shows that there is more.
// A fold is called what it says.
const BOXES = "article pre, .table-wrapper, article p:has(> img.wide), .output, .still";
const look = (box) => {
  if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
  const left = box.scrollWidth - box.clientWidth - box.scrollLeft;
  box.classList.toggle("more", left > 2);
};
window.addEventListener("load", () => {
  const sizes = new ResizeObserver((seen) => seen.forEach((one) => look(one.target)));
  for (const box of document.querySelectorAll(BOXES)) {
    box.addEventListener("scroll", () => look(box), { passive: true });
    sizes.observe(box); // also when a fold opens or the phone is turned
    look(box);
  }
  for (const fold of document.querySelectorAll("details.hide > summary"))
    fold.removeAttribute("aria-label");
});
