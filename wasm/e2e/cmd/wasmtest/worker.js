// Runs a Go test in this worker. Its file system is the host's module, read
// through synchronous requests, under a layer of files in memory that takes
// all writes.
"use strict";

const ask = (method, url, body) => {
  const request = new XMLHttpRequest();
  request.open(method, url, false);
  request.responseType = "arraybuffer";
  request.send(body);
  return request;
};
const text = (bytes) => new TextDecoder().decode(bytes);

const job = JSON.parse(text(ask("GET", "job.json").response));

const fail = (code, path) => Object.assign(new Error(`${code}: ${path}`), {code});

// Nodes by absolute path: {data, mtime} is a file, {names, mtime} a directory,
// null was removed. What is not here is asked of the host, once.
const nodes = new Map([["/tmp", {names: new Set(), mtime: Date.now()}]]);

const resolve = (...parts) => {
  const names = [];
  for (const name of parts.reduce((a, b) => b.startsWith("/") ? b : a + "/" + b, job.cwd).split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return "/" + names.join("/");
};
const parent = (path) => path.slice(0, path.lastIndexOf("/")) || "/";
const base = (path) => path.slice(path.lastIndexOf("/") + 1);

const fromHost = (path) => {
  const answer = ask("GET", "host?path=" + encodeURIComponent(path));
  if (answer.status !== 200) return null;
  const mtime = Date.parse(answer.getResponseHeader("Last-Modified"));
  if (answer.getResponseHeader("X-Directory")) return {names: new Set(JSON.parse(text(answer.response))), mtime};
  return {data: new Uint8Array(answer.response), mtime};
};
const find = (path) => {
  if (!nodes.has(path)) nodes.set(path, fromHost(path));
  const node = nodes.get(path);
  if (!node) throw fail("ENOENT", path);
  return node;
};
const exists = (path) => { try { find(path); return true; } catch { return false; } };
const put = (path, node) => {
  const dir = find(parent(path));
  if (!dir.names) throw fail("ENOTDIR", parent(path));
  dir.names.add(base(path));
  nodes.set(path, node);
  return node;
};
const remove = (path) => {
  find(path);
  nodes.set(path, null);
  nodes.get(parent(path))?.names.delete(base(path));
};

const resize = (file, size) => {
  const data = new Uint8Array(size);
  data.set(file.data.subarray(0, size));
  file.data = data;
};
const stat = (node) => ({
  dev: 0, ino: 0, nlink: 1, uid: 0, gid: 0, rdev: 0, blksize: 4096, blocks: 0,
  mode: node.names ? 0o40755 : 0o100644, size: node.data?.length ?? 0,
  atimeMs: node.mtime, mtimeMs: node.mtime, ctimeMs: node.mtime, isDirectory: () => !!node.names,
});

const constants = {O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536};
const handles = new Map(); // open files by number: {node, at, append}
let nextHandle = 10;
const handle = (fd) => { const h = handles.get(fd); if (!h) throw fail("EBADF", fd); return h; };

const operations = {
  open(path, flags) {
    path = resolve(path);
    const there = exists(path);
    if (there && flags & constants.O_CREAT && flags & constants.O_EXCL) throw fail("EEXIST", path);
    const node = there || !(flags & constants.O_CREAT) ? find(path) : put(path, {data: new Uint8Array(0), mtime: Date.now()});
    if (node.names && flags & (constants.O_WRONLY | constants.O_RDWR)) throw fail("EISDIR", path);
    if (flags & constants.O_TRUNC) resize(node, 0);
    handles.set(++nextHandle, {node, at: 0, append: flags & constants.O_APPEND});
    return nextHandle;
  },
  close(fd) { handle(fd); handles.delete(fd); },
  read(fd, buffer, offset, length, position) {
    if (fd === 0) return 0;
    const h = handle(fd);
    if (h.node.names) throw fail("EISDIR", fd);
    const from = position ?? h.at, piece = h.node.data.subarray(from, from + length);
    buffer.set(piece, offset);
    if (position === null) h.at += piece.length;
    return piece.length;
  },
  write(fd, buffer, offset, length, position) {
    const piece = buffer.subarray(offset, offset + length);
    if (fd === 1 || fd === 2) return fs.writeSync(fd, piece);
    const h = handle(fd), from = position ?? (h.append ? h.node.data.length : h.at);
    if (from + length > h.node.data.length) resize(h.node, from + length);
    h.node.data.set(piece, from);
    if (position === null) h.at = from + length;
    return length;
  },
  stat(path) { return stat(find(resolve(path))); },
  lstat(path) { return stat(find(resolve(path))); },
  fstat(fd) { return fd <= 2 ? stat({data: [], mtime: 0}) : stat(handle(fd).node); },
  readdir(path) {
    const node = find(resolve(path));
    if (!node.names) throw fail("ENOTDIR", path);
    return [...node.names].sort();
  },
  mkdir(path) {
    path = resolve(path);
    if (exists(path)) throw fail("EEXIST", path);
    put(path, {names: new Set(), mtime: Date.now()});
  },
  rmdir(path) {
    path = resolve(path);
    const node = find(path);
    if (!node.names) throw fail("ENOTDIR", path);
    if (node.names.size) throw fail("ENOTEMPTY", path);
    remove(path);
  },
  unlink(path) {
    path = resolve(path);
    if (find(path).names) throw fail("EISDIR", path);
    remove(path);
  },
  rename(from, to) {
    const node = find(resolve(from));
    if (node.names) throw fail("ENOSYS", from);
    put(resolve(to), node);
    remove(resolve(from));
  },
  truncate(path, size) { resize(find(resolve(path)), size); },
  ftruncate(fd, size) { resize(handle(fd).node, size); },
  fsync() {}, chmod() {}, fchmod() {}, utimes() {},
  readlink(path) { throw fail("EINVAL", path); },
};
for (const name of ["chown", "fchown", "lchown", "link", "symlink"]) operations[name] = () => { throw fail("ENOSYS", name); };

globalThis.fs = {constants, writeSync(fd, bytes) { ask("POST", "out/" + fd, bytes.slice()); return bytes.length; }};
for (const [name, operation] of Object.entries(operations)) {
  fs[name] = (...args) => {
    const done = args.pop();
    let result;
    try { result = operation(...args); } catch (e) {
      if (!e.code) throw e;
      return done(e);
    }
    done(null, result);
  };
}
globalThis.path = {resolve};
globalThis.process = {
  getuid: () => 0, getgid: () => 0, geteuid: () => 0, getegid: () => 0, getgroups: () => [],
  pid: 1, ppid: 0, umask: () => 0o22, cwd: () => job.cwd, chdir: (path) => { job.cwd = resolve(path); },
};

importScripts("wasm_exec.js");
const go = new Go();
go.argv = job.args;
go.env = job.env;
let code = 2; // unless the program says otherwise
go.exit = (c) => { code = c; };
WebAssembly.instantiateStreaming(fetch("test.wasm"), go.importObject)
  .then((program) => go.run(program.instance))
  .catch((e) => fs.writeSync(2, new TextEncoder().encode(`${e.stack ?? e}\n`)))
  .finally(() => ask("POST", "exit/" + code));
