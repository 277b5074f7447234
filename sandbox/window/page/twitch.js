import { element } from "./dom.js";

export const title = "Twitch";

export function mount(section, app) {
  section.append(element("h2", {}, title));
}
