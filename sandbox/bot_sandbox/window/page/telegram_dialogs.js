// Telegram's dialogs: a new person, a new bot, a group and its members, and a bot's alert.

import { button, element } from "./dom.js";
import { keyed } from "./keyed.js";
import { drawTrace } from "./telegram_message.js";

export function dialogsOf(section, app, { become, openChat, people, me }) {
  function show(heading, ...children) {
    const id = `telegram-dialog`;
    const dialog = element(
      "dialog",
      { "aria-labelledby": id, onclose: () => dialog.remove() },
      element("h2", { id, dir: "auto" }, heading),
      ...children,
    );
    const close = button("Close", () => dialog.close());
    (dialog.querySelector(".ends") ?? dialog.appendChild(ends())).append(close);
    section.append(dialog);
    dialog.showModal();
    return dialog;
  }

  // A form that shows a refusal in the dialog.
  function ask(heading, fields, label, work) {
    const problem = element("p", { class: "error", role: "alert" });
    const submit = element("button", { class: "send" }, label);
    const form = element("form", {}, ...fields, problem, ends(submit));
    const dialog = show(heading, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true; // against pressing Enter twice
      try {
        await work(dialog);
      } catch (error) {
        problem.textContent = error.message;
      }
      submit.disabled = false;
    });
  }

  function ends(...buttons) {
    return element("div", { class: "ends" }, ...buttons);
  }

  function parse(text) {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`This is not JSON: ${error.message}`);
    }
  }

  function field(label, attributes = {}) {
    const input = element("input", { autocomplete: "off", required: true, ...attributes });
    return [input, element("label", {}, `${label} `, input)];
  }

  return {
    person() {
      const [name, label] = field("Name", { maxlength: "64" });
      const [lastName, lastLabel] = field("Last name", { maxlength: "64", required: false });
      const [language, languageLabel] = field("Language of their app", { value: "en", required: false });
      const [id, idLabel] = field("Id", { required: false, inputmode: "numeric", pattern: "[0-9]*" });
      const premium = element("input", { type: "checkbox" });
      const premiumLabel = element("label", { class: "box" }, premium, " Premium");
      const rest = [lastLabel, languageLabel, idLabel, premiumLabel];
      const more = element("details", {}, element("summary", {}, "More, as a test may need it"), ...rest);
      ask("New person", [label, more], "Be this person", async (dialog) => {
        const made = await app.post("telegram/people", {
          name: name.value,
          last_name: lastName.value.trim(),
          language_code: language.value.trim(),
          is_premium: premium.checked,
          ...(id.value && { id: Number(id.value) }),
        });
        dialog.close();
        become(made.id);
      });
    },

    bot() {
      const [name, nameLabel] = field("Name");
      const [username, usernameLabel] = field("Username, ending in bot");
      const words = "BotFather makes a bot and gives you its token. It is the bot's password.";
      const hint = element("p", { class: "quiet" }, words);
      ask("New bot", [hint, nameLabel, usernameLabel], "Make it", async (dialog) => {
        const made = await app.post("telegram/bots", { name: name.value, username: username.value });
        dialog.close();
        openChat(`${me()}-${made.id}`);
        const token = element("input", { readonly: true, value: made.token });
        const url = element("input", { readonly: true, value: made.url });
        show(
          `${made.name} is made`,
          element("label", {}, "Its token ", token),
          element("label", {}, "The address of this Telegram, for its program ", url),
        );
      });
    },

    group() {
      const [name, label] = field("Title", { maxlength: "128" });
      const kind = element(
        "select",
        {},
        element("option", { value: "group" }, "group"),
        element("option", { value: "supergroup" }, "supergroup"),
        element("option", { value: "channel" }, "channel"),
      );
      const [username, usernameLabel] = field("Username of a supergroup or channel", { required: false });
      const bots = app.all("telegram/bot/").map(([, one]) => one);
      const boxes = [...people(), ...bots].map((one) => {
        const box = element("input", { type: "checkbox", value: one.id });
        box.checked = String(one.id) === me();
        return [box, element("label", { class: "box" }, box, " ", one.name)];
      });
      const members = element("fieldset", {}, element("legend", {}, "Members"), ...boxes.map(([, one]) => one));
      const kinds = element("label", {}, "Kind ", kind);
      ask("New group", [label, kinds, usernameLabel, members], "Make it", async (dialog) => {
        const chosen = boxes.map(([box]) => box).filter((box) => box.checked);
        const made = await app.post("telegram/groups", {
          title: name.value,
          kind: kind.value,
          username: username.value.trim(),
          members: chosen.map((box) => box.value),
        });
        dialog.close();
        openChat(made.key);
      });
    },

    members(key) {
      const problem = element("p", { class: "error", role: "alert" });
      const list = element("ul", { class: "members" });
      const dialog = show(app.records.get(`telegram/chat/${key}`).title, list, problem);
      const act = async (path, one) => {
        const group = String(app.records.get(`telegram/chat/${key}`).id);
        try {
          await app.post(`telegram/${path}`, { group, member: String(one.id) });
          problem.textContent = "";
        } catch (error) {
          problem.textContent = error.message;
        }
      };
      const draw = () => {
        const bots = app.all("telegram/bot/").map(([, one]) => one);
        keyed(list, [...people(), ...bots].map((one) => [one.id, one]), () => {
          const words = element("span", { dir: "auto" });
          const move = element("button", { type: "button" });
          const promote = element("button", { type: "button" });
          const restrict = element("button", { type: "button" });
          return {
            element: element("li", {}, words, move, promote, restrict),
            update(one) {
              const { kind, members, owner, admins, titles, restricted } = app.records.get(`telegram/chat/${key}`);
              const inside = members.includes(one.id);
              const admin = admins.includes(one.id);
              const limited = restricted.includes(one.id);
              const owns = one.id === owner;
              const title = titles[one.id] ? `, admin: ${titles[one.id]}` : ", admin";
              const status = admin ? title : !inside ? ", not here" : limited ? ", restricted" : "";
              words.textContent = one.name + (owns ? ", owner" : status);
              move.textContent = inside ? "Remove" : "Add";
              move.setAttribute("aria-label", `${move.textContent} ${one.name}`);
              move.onclick = () => act(inside ? "remove" : "add", one);
              promote.hidden = !inside || owns;
              promote.textContent = admin ? "No admin" : "Make admin";
              promote.setAttribute("aria-label", `${promote.textContent}: ${one.name}`);
              promote.onclick = () => act(admin ? "demote" : "promote", one);
              restrict.hidden = kind !== "supergroup" || !inside || admin || owns;
              restrict.textContent = limited ? "Let write" : "Restrict";
              restrict.setAttribute("aria-label", `${restrict.textContent}: ${one.name}`);
              restrict.onclick = () => act(limited ? "demote" : "restrict", one);
            },
          };
        });
      };
      app.on("telegram/", () => dialog.isConnected && draw());
      draw();
    },

    // Any kind of update, also one that nothing in this window causes.
    async deliver(place) {
      const { kinds } = await app.get(`telegram/kinds?from=${me()}`);
      const chosen = () => kinds.find((one) => one.kind === kind.value);
      const options = (all, value) => all.map((one) => element("option", { value: value(one) }, one.name ?? one.kind));
      const fill = () => {
        said.value = JSON.stringify(chosen().skeleton, null, 2);
        fields.textContent = chosen().fields.join(", ");
      };
      const kind = element("select", { onchange: fill }, ...options(kinds, (one) => one.kind));
      const to = element("select", {}, ...options(app.all("telegram/bot/").map(([, one]) => one), (one) => one.id));
      const said = element("textarea", { rows: "8", spellcheck: "false" });
      const fields = element("p", { class: "quiet" });
      const all = element("details", {}, element("summary", {}, "All that it can say"), fields);
      if (place.bot) to.value = place.bot;
      fill();
      const labels = [["Kind ", kind], ["To the bot ", to], ["What it says, as JSON ", said]];
      const parts = [...labels.map(([words, input]) => element("label", {}, words, input)), all];
      ask("Deliver an update", parts, "Deliver it", async (dialog) => {
        const update = { [kind.value]: parse(said.value) };
        const { group } = place;
        const told = await app.post("telegram/deliver", { bot: to.value, from: me(), group, update, timeout: 0 });
        dialog.close();
        const shown = drawTrace(told).flatMap(({ title, text }) => [element("p", {}, title), element("pre", {}, text)]);
        show("The update is on its way", ...shown);
      });
    },

    alert(from, text) {
      show(from, element("p", { dir: "auto" }, text));
    },
  };
}
