// Runs before the page's scripts: what the tests look with, and a hold on the
// page's workers and on what they say.
"use strict";
(() => {
  const workers = [];
  const heard = []; // messages of the trainer
  const Native = window.Worker;
  window.Worker = class extends Native {
    constructor(...args) {
      super(...args);
      workers.push(this);
      // Copied: the page may hand the memory on.
      this.addEventListener("message", (e) => {
        if (e.data?.b instanceof ArrayBuffer) heard.push(new Uint8Array(e.data.b.slice()));
      });
    }
  };
  const find = (id) => document.querySelector(`[data-testid="${id}"]`);
  const visible = (id) => !!find(id)?.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const text = (id) => {
    const e = find(id);
    if (!e) return "";
    return (e.matches("input,select,textarea") ? e.value : e.textContent).trim();
  };
  window.lab = {
    visible, text,
    enabled: (id) => visible(id) && !find(id).matches(":disabled,[aria-disabled=true]"),
    data: (id, name) => find(id)?.getAttribute("data-" + name) ?? "",
    describe(id) {
      const e = find(id);
      if (!e) return "(absent)";
      const data = Object.entries(e.dataset).filter(([k]) => k !== "testid").map(([k, v]) => `${k}=${v}`);
      return `${JSON.stringify(text(id))} ${data.join(" ")}${visible(id) ? "" : " (hidden)"}`;
    },
    select(id, value) {
      const e = find(id);
      if (![...e.options].some((o) => o.value === value)) throw new Error(`${id} has no option ${value}`);
      e.value = value;
      e.dispatchEvent(new Event("input", {bubbles: true}));
      e.dispatchEvent(new Event("change", {bubbles: true}));
      return true;
    },
    selectAll() {
      document.activeElement.select();
      return true;
    },
    fileInput(id) {
      const e = find(id);
      return e?.matches("input[type=file]") ? e : e?.querySelector("input[type=file]") ?? e?.control ?? null;
    },
    heard: () => heard.map((bytes) => bytes.toBase64()),
    killWorkers() {
      const killed = workers.splice(0);
      for (const w of killed) w.terminate();
      return killed.length;
    },
  };
})();
