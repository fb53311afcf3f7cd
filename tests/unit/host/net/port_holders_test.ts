import assert from "node:assert/strict";
import { findPortHolder } from "../../../../lib/host/net/port_holders.ts";
import { inFolder } from "../../support/in_folder.ts";

const self = new RegExp(`^\\S+, pid ${Deno.pid}$`);

Deno.test("port holders: the process that listens on a port", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr as Deno.NetAddr;
  assert.match(findPortHolder({ transport: "tcp", hostname, port }), self);
});

Deno.test("port holders: the process that listens on a unix socket", () =>
  inFolder((folder) => {
    const path = `${folder}/s`;
    using _listener = Deno.listen({ transport: "unix", path });
    assert.match(findPortHolder({ transport: "unix", path }), self);
    assert.equal(
      findPortHolder({ transport: "unix", path: `${path}2` }),
      "owner not visible: another user or container",
    );
  }));
