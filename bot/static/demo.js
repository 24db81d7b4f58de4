// The demonstration's devices. Everything that is typed goes to the simulators; everything shown comes from them.
"use strict";
(() => {
  const make = (name, text = "", className = "") => {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const problem = document.getElementById("problem");

  const post = async (path, body) => {
    problem.textContent = "";
    try {
      const answer = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!answer.ok) problem.textContent = "That did not work. Please load the page again.";
    } catch {
      problem.textContent = "The demonstration has stopped. Start it again with: sayso demo";
    }
  };

  const tellWeb = () => document.querySelector("iframe").contentDocument?.dispatchEvent(new Event("sayso:refresh"));

  class Device {
    constructor(kind) {
      this.kind = kind;
      this.root = document.getElementById(kind);
      this.talk = this.root.querySelector(".talk");
      this.which = this.root.querySelector("select");
      this.form = this.root.querySelector("form");
      this.field = this.root.querySelector("textarea");
      this.phones = [];
      this.shown = null;
      this.which.addEventListener("change", () => this.show(true));
      this.root.querySelector(".another").addEventListener("click", () => this.another());
      this.form.addEventListener("submit", (event) => this.send(event));
      this.field.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.form.requestSubmit();
      });
    }

    async another() {
      this.wantsNewest = true;
      await post("/demo/phone", { kind: this.kind });
      this.field.focus();
    }

    send(event) {
      event.preventDefault();
      const text = this.field.value;
      if (!text.trim()) return;
      this.field.value = "";
      this.say(text);
    }

    say(text) {
      return post(this.kind === "sms" ? "/demo/text" : "/demo/say", { phone: this.which.value, text });
    }

    take(phones) {
      this.phones = phones;
      if (this.which.length !== phones.length) {
        const chosen = this.wantsNewest || !this.which.value ? phones.at(-1).id : this.which.value;
        this.wantsNewest = false;
        this.which.replaceChildren(...phones.map((phone) => new Option(phone.name, phone.id)));
        this.which.value = chosen;
      }
      this.show(false);
    }

    // Only adds, so that a screen reader reads out what is new; another phone takes the place of the one before.
    show(anew) {
      const phone = this.phones.find((one) => one.id === this.which.value);
      if (!phone) return;
      if (anew || this.shown !== phone.id) this.talk.replaceChildren(...this.opening());
      this.shown = phone.id;
      this.root.querySelector(".suggest").hidden = phone.said.length > 0;
      const there = this.talk.querySelectorAll(".text").length;
      const added = phone.said.slice(there).map((said) => this.bubble(said, phone.id));
      if (!added.length) return;
      this.talk.querySelector(".keys.start")?.remove();
      this.talk.append(...added);
      this.talk.scrollTop = this.talk.scrollHeight;
    }

    opening() {
      if (this.kind !== "telegram") return [];
      const keys = make("div", "", "keys start"), button = make("button", "Start", "begin");
      button.type = "button";
      button.addEventListener("click", () => {
        this.field.focus();
        this.say(`/start ${this.root.dataset.payload}`);
      });
      keys.append(button);
      return [keys];
    }

    bubble(said, phone) {
      const whole = make("div", "", `text fresh${said.mine ? " theirs" : ""}`);
      const who = make("span", said.mine ? "You: " : "Sayso: ", "hidden");
      const words = make("p");
      words.dir = "auto";
      words.append(who, said.text);
      const keys = make("div", "", "keys");
      for (const { label, data } of said.buttons || []) {
        const button = make("button", label);
        button.type = "button";
        button.addEventListener("click", () => post("/demo/tap", { phone, message: said.id, button: data }));
        keys.append(button);
      }
      whole.append(words);
      if (keys.childElementCount) whole.append(keys);
      whole.append(make("time", said.at));
      return whole;
    }
  }

  const devices = { sms: new Device("sms"), telegram: new Device("telegram") };
  let rows = "";

  const takeRows = (columns, found) => {
    const told = JSON.stringify([columns, found]);
    if (told === rows) return;
    rows = told;
    document.getElementById("columns").replaceChildren(...columns.map((name) => {
      const head = make("th", name);
      head.scope = "col";
      return head;
    }));
    document.getElementById("rows").replaceChildren(...found.map((cells) => {
      const row = make("tr");
      row.append(...cells.map((cell) => make("td", cell)));
      return row;
    }));
    document.getElementById("nobody").hidden = found.length > 0;
    document.querySelector(".scroll").hidden = found.length === 0;
    tellWeb();
  };

  const take = (state) => {
    const now = document.getElementById("now");
    if (now.textContent !== state.now) {
      now.textContent = state.now;
      tellWeb();
    }
    for (const button of document.querySelectorAll(".moves button")) button.disabled = Boolean(state.over[button.dataset.to]);
    devices.sms.take(state.sms);
    devices.telegram.take(state.telegram);
    takeRows(state.columns, state.rows);
  };

  for (const button of document.querySelectorAll(".moves button")) {
    button.addEventListener("click", () => post("/demo/clock", { to: button.dataset.to }));
  }
  document.querySelector("#web .another").addEventListener("click", async () => {
    await post("/demo/visitor", {});
    document.querySelector("iframe").contentWindow.location.reload();
  });
  const source = new EventSource("/demo/events");
  source.addEventListener("message", (event) => take(JSON.parse(event.data)));
  source.addEventListener("open", () => { problem.textContent = ""; });
  source.addEventListener("error", () => { problem.textContent = "The demonstration has stopped. Start it again with: sayso demo"; });
})();
