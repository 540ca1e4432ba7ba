"use strict";
importScripts("wasm_exec.js");
// Messages that come before Go has set onmessage are kept and given to it after.
const early = [];
self.onmessage = (e) => early.push(e);
const go = new Go();
// Running out of memory ends the program with go.exit, not with an exception.
let code = 0;
const exit = go.exit;
go.exit = (c) => { code = c; exit.call(go, c); };
// What the program says last explains a crash.
let last = "";
const write = globalThis.fs.writeSync;
const decoder = new TextDecoder();
globalThis.fs.writeSync = (fd, buf) => { last = (last + decoder.decode(buf)).slice(-2000); return write.call(globalThis.fs, fd, buf); };
WebAssembly.instantiateStreaming(fetch("trainer.wasm"), go.importObject).then((r) => {
  const done = go.run(r.instance);
  for (const e of early.splice(0)) self.onmessage(e);
  return done;
}).then(() => self.postMessage({ type: "exit", error: explain() }), (e) => self.postMessage({ type: "crash", error: String(e) }));

function explain() {
  if (last.includes("out of memory")) return "it ran out of memory";
  return (last.match(/^(panic|fatal error): .*$/m) || ["it ended with code " + code])[0];
}
