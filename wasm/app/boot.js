"use strict";
// Starts the page's program, and says in plain words what to do when it cannot
// start or has stopped. Everything the user made stays in the browser's memory of
// the run; the page itself has to be loaded again.
(() => {
  const stop = (title, what) => {
    const status = document.querySelector("[data-testid=status]");
    if (status) {
      status.textContent = title;
      status.dataset.phase = "lost";
    }
    const panel = document.getElementById("boot-failure");
    panel.querySelector("h2").textContent = title;
    panel.querySelector("p").textContent = what;
    panel.hidden = false;
    panel.querySelector("button").onclick = () => location.reload();
  };

  // A module whose one function uses a SIMD instruction (v128.const, drop).
  const simd = new Uint8Array([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0,
    253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 11,
  ]);

  const start = async () => {
    if (typeof WebAssembly !== "object" || !WebAssembly.instantiateStreaming) {
      return stop("This browser has no WebAssembly", "DPO Lab trains in the browser and needs it. Open the page in a current Chrome, Edge, Firefox or Safari; if WebAssembly was switched off, allow it for this site.");
    }
    if (!WebAssembly.validate(simd)) {
      return stop("This browser is too old", "DPO Lab needs WebAssembly SIMD: Chrome or Edge from 91, Firefox from 89, Safari from 16.4. Update the browser, then load the page again.");
    }
    let program;
    const go = new Go();
    try {
      program = await WebAssembly.instantiateStreaming(fetch("app.wasm"), go.importObject);
    } catch (e) {
      console.error(e);
      return stop("The page did not load", "The program could not be fetched (" + e.message + "). Check the connection, then load the page again.");
    }
    performance.mark("app-instantiated");
    try {
      await go.run(program.instance);
    } catch (e) {
      console.error(e);
    }
    stop("The page's program stopped", "Load the page again: a run that was going is kept in this browser up to its last saved step, and the page will offer it.");
  };
  start();
})();
