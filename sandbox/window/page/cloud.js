import { element } from "./dom.js";

export const title = "Cloud";

export function mount(section, app) {
  section.append(element("h2", {}, title));
}
