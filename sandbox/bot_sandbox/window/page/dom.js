// Elements from plain values. Text is always set as text, so nothing that anybody writes can become
// HTML.

// element("button", { type: "button", onclick: f, "aria-label": "Send" }, "Send", other)
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function button(label, onclick) {
  return element("button", { type: "button", onclick }, label);
}
